"""How right the outputs are, given a reference."""
