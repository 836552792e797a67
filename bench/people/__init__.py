"""Episodes of real people, with faults whose truth is known: see `bench.people.__main__`."""
