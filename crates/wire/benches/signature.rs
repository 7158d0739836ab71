//! How fast signing and verifying are.

fn main() {
    divan::main();
}
