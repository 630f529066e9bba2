"""The subcommands, a module each: `add_to` declares its options, `run` does it."""
