"""Pages of the KennisHuis, for the region and for everybody."""
