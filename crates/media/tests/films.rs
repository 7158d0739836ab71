//! Films and recordings, where this machine has the programs for them.

#![expect(clippy::unwrap_used, reason = "a test says no by breaking")]

use media::{Bounds, Family, Film, Format, Refused, Tools};
use std::path::Path;
use std::process::Command;

/// Makes a file with `ffmpeg`, with a secret in it.
fn made(folder: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let path = folder.join(name);
    let ended = Command::new("/usr/bin/ffmpeg")
        .args(["-v", "error", "-y"])
        .args(arguments)
        .args(["-metadata", "comment=secret place", "-metadata", "title=secret place"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(ended.success());
    std::fs::read(path).unwrap()
}

fn develop(tools: &Tools, bytes: &[u8], format: Format) -> Result<(Film, Vec<u8>), Refused> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upload");
    std::fs::write(&file, bytes).unwrap();
    let work = tempfile::tempdir().unwrap();
    let film = tools.develop(&file, format, work.path(), &Bounds::default())?;
    let clean = std::fs::read(&film.path).unwrap();
    Ok((film, clean))
}

fn holds_secret(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|part| part == b"secret")
}

const PICTURES: [&str; 4] = ["-f", "lavfi", "-i", "testsrc=duration=1:size=64x48:rate=10"];
const SOUND: [&str; 4] = ["-f", "lavfi", "-i", "sine=duration=1"];

#[test]
fn films_and_recordings_are_cleaned_and_measured() {
    let Some(tools) = Tools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let film = [&PICTURES[..], &SOUND, &["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"]].concat();
    let bytes = made(folder.path(), "a.mp4", &film);
    assert!(holds_secret(&bytes));
    let (film, clean) = develop(&tools, &bytes, Format::of(&bytes).unwrap()).unwrap();
    assert!(!holds_secret(&clean));
    assert_eq!((film.family, film.format, film.size), (Family::Film, Format::Mp4, Some((64, 48))));
    assert_eq!((film.has_sound, film.frame_rate.as_deref()), (true, Some("10/1")));
    assert!(film.duration.unwrap().as_millis() >= 900 && film.bit_rate.is_some());
    assert_eq!(Format::of(&film.poster.unwrap()), Some(Format::Jpeg));

    let mpeg4 = [&PICTURES[..], &["-c:v", "mpeg4"]].concat();
    let bytes = made(folder.path(), "b.mov", &mpeg4);
    let (film, clean) = develop(&tools, &bytes, Format::of(&bytes).unwrap()).unwrap();
    assert_eq!((film.has_sound, film.format, Format::of(&clean)), (false, Format::Mp4, Some(Format::Mp4)));

    let webm = [&PICTURES[..], &SOUND, &["-c:v", "libvpx", "-c:a", "libopus"]].concat();
    let bytes = made(folder.path(), "d.webm", &webm);
    let (film, clean) = develop(&tools, &bytes, Format::of(&bytes).unwrap()).unwrap();
    assert_eq!((film.has_sound, film.format, Format::of(&clean)), (true, Format::Mp4, Some(Format::Mp4)));
    assert!(!holds_secret(&clean));

    let bytes = made(folder.path(), "c.mp3", &SOUND);
    let (song, clean) = develop(&tools, &bytes, Format::of(&bytes).unwrap()).unwrap();
    assert_eq!((song.family, song.format, song.size, song.poster), (Family::Sound, Format::Mp3, None, None));
    assert!(!holds_secret(&clean));
}

/// N21
#[test]
fn a_playlist_reads_no_other_file() {
    let Some(tools) = Tools::find() else { return };
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "secret").unwrap();
    let path = secret.path().display();
    for text in [
        format!("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nconcat:file://{path}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile '{path}'\n"),
    ] {
        for format in [Format::Mp4, Format::WebM, Format::Mp3, Format::Ogg] {
            let refused = develop(&tools, text.as_bytes(), format);
            assert!(matches!(refused, Err(Refused::Broken(_))), "{format:?}: {refused:?}");
        }
    }
}
