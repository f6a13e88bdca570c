"""Review meetings: what is due goes by point by point, is decided on by its own subject's deeds, and is minuted."""
