// Run in a sandbox of this image with the line "ping" as standard input.
use std::collections::BTreeMap;
use std::{env, fs, io, thread};

fn main() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    assert_eq!(line, "ping\n");
    assert_eq!(env::current_dir()?.to_str(), Some("/workspace"));
    fs::write("note.txt", "x")?;
    let threads: Vec<_> = (0..8).map(|i| thread::spawn(move || (i, i * i))).collect();
    let squares: BTreeMap<i32, i32> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    assert_eq!(squares.values().sum::<i32>(), 140);
    println!("ok");
    Ok(())
}
