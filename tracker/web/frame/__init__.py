"""What every page stands in: context, forms, wording, safety."""
