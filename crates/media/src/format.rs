//! What a file is, by its first bytes. What its sender calls it counts nothing.

/// What something is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// A picture, still or moving.
    Picture,
    /// A film.
    Film,
    /// A recording.
    Sound,
}

/// The kinds of files that are taken and served. There is no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// AVIF: served when peers have it, not taken from people.
    Avif,
    /// MPEG-4.
    Mp4,
    /// `QuickTime`.
    Mov,
    /// `WebM` and Matroska.
    WebM,
    /// MPEG layer 3.
    Mp3,
    /// Ogg: Vorbis or Opus.
    Ogg,
    /// FLAC.
    Flac,
    /// WAVE.
    Wav,
    /// MPEG-4 with sound only.
    M4a,
    /// Bare AAC.
    Aac,
}

const ALL: [Format; 14] = [
    Format::Jpeg,
    Format::Png,
    Format::Gif,
    Format::WebP,
    Format::Avif,
    Format::Mp4,
    Format::Mov,
    Format::WebM,
    Format::Mp3,
    Format::Ogg,
    Format::Flac,
    Format::Wav,
    Format::M4a,
    Format::Aac,
];

impl Format {
    /// Recognises a file by its beginning; 32 bytes are enough.
    pub fn of(head: &[u8]) -> Option<Self> {
        let at = |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(bytes));
        Some(match () {
            () if at(0, b"\xff\xd8\xff") => Self::Jpeg,
            () if at(0, b"\x89PNG\r\n\x1a\n") => Self::Png,
            () if at(0, b"GIF87a") || at(0, b"GIF89a") => Self::Gif,
            () if at(0, b"RIFF") && at(8, b"WEBP") => Self::WebP,
            () if at(0, b"RIFF") && at(8, b"WAVE") => Self::Wav,
            () if at(4, b"ftyp") => Self::of_brand(head.get(8..12)?)?,
            () if at(0, b"\x1a\x45\xdf\xa3") => Self::WebM,
            () if at(0, b"OggS") => Self::Ogg,
            () if at(0, b"fLaC") => Self::Flac,
            () if at(0, b"ID3") => Self::Mp3,
            () => Self::of_frame(head)?,
        })
    }

    /// The brand of an ISO file says what is in it.
    fn of_brand(brand: &[u8]) -> Option<Self> {
        Some(match brand {
            b"avif" | b"avis" => Self::Avif,
            b"M4A " | b"M4B " => Self::M4a,
            b"qt  " => Self::Mov,
            // Photographs of telephones, which browsers do not show.
            b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc" => return None,
            _ => Self::Mp4,
        })
    }

    /// MPEG sound has no beginning but that of its first frame.
    fn of_frame(head: &[u8]) -> Option<Self> {
        let [first, second, ..] = head else { return None };
        match (first, second) {
            (0xff, 0xf1 | 0xf9) => Some(Self::Aac),
            (0xff, second) if second & 0xe0 == 0xe0 && second & 0x06 == 0x02 => Some(Self::Mp3),
            _ => None,
        }
    }

    /// The type it is served with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Avif => "image/avif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Aac => "audio/aac",
        }
    }

    /// The end of its file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::WebM => "webm",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Aac => "aac",
        }
    }

    /// The kind of a media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        ALL.into_iter().find(|format| format.media_type() == media_type)
    }

    /// The kind of a file on the shelf, by the end of its name.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// What it is shown as.
    pub const fn family(self) -> Family {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::WebP | Self::Avif => Family::Picture,
            Self::Mp4 | Self::Mov | Self::WebM => Family::Film,
            Self::Mp3 | Self::Ogg | Self::Flac | Self::Wav | Self::M4a | Self::Aac => Family::Sound,
        }
    }

    /// Whether people may add it to a post.
    pub const fn is_taken(self) -> bool {
        !matches!(self, Self::Avif)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (head, format) in [
            (&b"\xff\xd8\xff\xe0"[..], Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(Format::Png)),
            (b"GIF89a", Some(Format::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::WebP)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Format::Wav)),
            (b"\0\0\0\x18ftypisom", Some(Format::Mp4)),
            (b"\0\0\0\x18ftypqt  ", Some(Format::Mov)),
            (b"\0\0\0\x18ftypM4A ", Some(Format::M4a)),
            (b"\0\0\0\x18ftypheic", None),
            (b"\x1a\x45\xdf\xa3", Some(Format::WebM)),
            (b"ID3\x04", Some(Format::Mp3)),
            (b"\xff\xfb\x90\x64", Some(Format::Mp3)),
            (b"\xff\xf1\x50\x80", Some(Format::Aac)),
            (b"<svg xmlns=", None),
            (b"<!DOCTYPE html>", None),
            (b"#EXTM3U", None),
            (b"ffconcat version 1.0", None),
            (b"%PDF-1.7", None),
            (b"\xff", None),
            (b"", None),
        ] {
            assert_eq!(Format::of(head), format, "{head:?}");
        }
    }

    #[test]
    fn every_kind_is_found_again_by_its_name() {
        for format in ALL {
            assert_eq!(Format::of_name(&format!("ab/c.{}", format.extension())), Some(format));
        }
        assert_eq!(Format::of_name("ab/c.html"), None);
        assert_eq!(Format::of_name("ab/c"), None);
    }
}
