"""Applications: their stages, who pays along, and the steps they still need."""
