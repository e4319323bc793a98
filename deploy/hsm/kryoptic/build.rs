//! Keeps the library in memory when its last handle is closed: its threads' destructors run when the process ends.
fn main() {
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
