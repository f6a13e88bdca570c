"""What the sources say: spiders, feeds and the reading of their pages."""
