"""Written words to spoken forms to phones."""
