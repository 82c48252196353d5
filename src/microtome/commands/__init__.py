"""The commands, a module each: it reads its options, calls the library and prints what came out."""
