"""Care for people written about: terms and holds, what is kept of somebody, erasing somebody, who was told."""
