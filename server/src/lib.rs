//! Antiphon, the program: boot, wiring, command line.
