//! Films and recordings, by the programs `ffprobe` and `ffmpeg`. They are
//! given one file, the name of its one possible format, and no network; so no
//! playlist and no reference inside the file leads anywhere.

use crate::run::run;
use crate::{Bounds, Family, Format, Refused};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where the programs may be.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/opt/ffmpeg/bin"];
/// How long looking into a file may take.
const LOOK: Duration = Duration::from_secs(15);
/// How long copying its streams may take.
const COPY: Duration = Duration::from_secs(60);
/// How long making it anew may take.
const MAKE: Duration = Duration::from_secs(15 * 60);

/// The two programs.
#[derive(Debug, Clone)]
pub struct Tools {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    stopped: Arc<AtomicBool>,
}

/// A film or a recording as it is kept; its file lies in the folder of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// The clean file.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
    /// What it is shown as.
    pub family: Family,
    /// Somebody can be heard.
    pub has_sound: bool,
    /// Pixels, of a film.
    pub size: Option<(u32, u32)>,
    /// Its length.
    pub duration: Option<Duration>,
    /// Pictures a second, as a fraction: `30/1`.
    pub frame_rate: Option<String>,
    /// Bits a second.
    pub bit_rate: Option<u64>,
    /// Its first picture, a PNG.
    pub poster: Option<Vec<u8>>,
}

#[derive(Debug, Deserialize)]
struct Probe {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Option<Whole>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    width: Option<u32>,
    height: Option<u32>,
    pix_fmt: Option<String>,
    avg_frame_rate: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Debug, Default, Deserialize)]
struct SideData {
    #[serde(default)]
    rotation: f64,
}

#[derive(Debug, Deserialize)]
struct Whole {
    duration: Option<String>,
    bit_rate: Option<String>,
}

/// What becomes of a file.
struct Plan {
    format: Format,
    makes_anew: bool,
}

impl Tools {
    /// The programs of this machine, where both are there.
    pub fn find() -> Option<Self> {
        FOLDERS.into_iter().map(Path::new).find_map(|folder| {
            let (ffmpeg, ffprobe) = (folder.join("ffmpeg"), folder.join("ffprobe"));
            (ffmpeg.is_file() && ffprobe.is_file()).then(|| Self { ffmpeg, ffprobe, stopped: Arc::default() })
        })
    }

    /// Ends what runs; nothing begins any more.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Looks into a file and makes a clean one beside it, in a folder of its own.
    pub fn develop(
        &self,
        file: &Path,
        format: Format,
        folder: &Path,
        bounds: &Bounds,
    ) -> Result<Film, Refused> {
        let input = folder.join("in");
        fs::hard_link(file, &input).or_else(|_| fs::copy(file, &input).map(drop))?;
        let probe = self.probe(format, folder)?;
        let film =
            probe.streams.iter().find(|it| it.codec_type == "video" && it.disposition.attached_pic == 0);
        let sound = probe.streams.iter().find(|it| it.codec_type == "audio");
        if let Some(film) = film {
            check(film, bounds)?;
        }
        let plan = plan(format, film, sound)?;
        let path = self.convert(format, &plan, film.is_some(), folder)?;
        let poster = match film {
            Some(_) => Some(self.poster(format, folder)?),
            None => None,
        };
        let whole = probe.format.as_ref();
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok());
        Ok(Film {
            path,
            format: plan.format,
            family: if film.is_some() { Family::Film } else { Family::Sound },
            has_sound: sound.is_some(),
            size: film.and_then(shown_size),
            duration: whole
                .and_then(|it| number(&it.duration))
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            frame_rate: film.and_then(|it| it.avg_frame_rate.clone()).filter(|rate| rate_of(rate).is_some()),
            bit_rate: whole.and_then(|it| it.bit_rate.as_deref()).and_then(|text| text.parse().ok()),
            poster,
        })
    }

    fn probe(&self, format: Format, folder: &Path) -> Result<Probe, Refused> {
        let what = "stream=codec_type,codec_name,width,height,pix_fmt,avg_frame_rate:stream_disposition=attached_pic\
                    :stream_side_data=rotation:format=duration,bit_rate";
        let arguments =
            ["-v", "error", "-protocol_whitelist", "file", "-f", demuxer(format), "-show_entries", what];
        let arguments: Vec<&str> = arguments.into_iter().chain(["-of", "json", "-i", "in"]).collect();
        let said = run(&self.ffprobe, &arguments, folder, LOOK, &self.stopped)?;
        serde_json::from_slice(&said).map_err(|error| Refused::Broken(error.to_string()))
    }

    fn convert(&self, from: Format, plan: &Plan, is_film: bool, folder: &Path) -> Result<PathBuf, Refused> {
        let out = format!("out.{}", plan.format.extension());
        let mut arguments = input(from);
        if is_film {
            arguments.extend(["-map", "0:V:0", "-map", "0:a:0?"]);
        } else {
            arguments.extend(["-map", "0:a:0"]);
        }
        arguments.extend([
            "-map_metadata",
            "-1",
            "-map_metadata:s",
            "-1",
            "-map_chapters",
            "-1",
            "-sn",
            "-dn",
        ]);
        arguments.extend(["-fflags", "+bitexact"]);
        match (plan.makes_anew, plan.format) {
            (false, _) => arguments.extend(["-c", "copy"]),
            (true, Format::Mp4) => arguments.extend(ANEW_FILM),
            (true, _) => arguments.extend(["-c:a", "aac", "-b:a", "160k"]),
        }
        if matches!(plan.format, Format::Mp4 | Format::M4a) {
            arguments.extend(["-movflags", "+faststart"]);
        }
        arguments.extend(["-f", muxer(plan.format), &out]);
        run(&self.ffmpeg, &arguments, folder, if plan.makes_anew { MAKE } else { COPY }, &self.stopped)?;
        Ok(folder.join(out))
    }

    fn poster(&self, format: Format, folder: &Path) -> Result<Vec<u8>, Refused> {
        let mut arguments = input(format);
        arguments.extend([
            "-map",
            "0:V:0",
            "-frames:v",
            "1",
            "-vf",
            "scale='min(1280,iw)':-2",
            "-f",
            "image2",
        ]);
        arguments.extend(["-c:v", "mjpeg", "-q:v", "2", "-update", "1", "poster.jpg"]);
        run(&self.ffmpeg, &arguments, folder, COPY, &self.stopped)?;
        Ok(fs::read(folder.join("poster.jpg"))?)
    }
}

const ANEW_FILM: [&str; 16] = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "25",
    "-pix_fmt",
    "yuv420p",
    "-vf",
    "scale='trunc(iw/2)*2':'trunc(ih/2)*2'",
    "-threads",
    "1",
    "-c:a",
    "aac",
    "-b:a",
    "128k",
];

fn input(format: Format) -> Vec<&'static str> {
    vec!["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", demuxer(format), "-i", "in"]
}

const fn demuxer(format: Format) -> &'static str {
    match format {
        Format::Mp4 | Format::Mov | Format::M4a | Format::Avif => "mov",
        Format::WebM => "matroska",
        Format::Mp3 => "mp3",
        Format::Ogg => "ogg",
        Format::Flac => "flac",
        Format::Wav => "wav",
        Format::Aac => "aac",
        Format::Jpeg | Format::Png | Format::Gif | Format::WebP => "image2",
    }
}

const fn muxer(format: Format) -> &'static str {
    match format {
        Format::Mp3 => "mp3",
        Format::Ogg => "ogg",
        Format::Flac => "flac",
        Format::Wav => "wav",
        Format::M4a => "ipod",
        _ => "mp4",
    }
}

/// The streams that every browser and every telephone plays are copied; others
/// are made anew, WebM too: many apps show none.
fn plan(format: Format, film: Option<&Stream>, sound: Option<&Stream>) -> Result<Plan, Refused> {
    let heard = sound.map(|sound| sound.codec_name.as_str());
    let Some(film) = film else {
        let heard =
            heard.ok_or_else(|| Refused::Broken("nothing is to be seen or heard in it".to_owned()))?;
        return Ok(sound_plan(format, heard));
    };
    let plain = matches!(film.pix_fmt.as_deref(), Some("yuv420p" | "yuvj420p"));
    let plays = plain && film.codec_name == "h264" && matches!(heard, None | Some("aac" | "mp3"));
    Ok(Plan { format: Format::Mp4, makes_anew: !plays })
}

fn sound_plan(format: Format, heard: &str) -> Plan {
    let copied = match (format, heard) {
        (Format::Mp3, "mp3") => Some(Format::Mp3),
        (Format::Ogg, "vorbis" | "opus") => Some(Format::Ogg),
        (Format::Flac, "flac") => Some(Format::Flac),
        (Format::Wav, "pcm_s16le") => Some(Format::Wav),
        (Format::Mp4 | Format::Mov | Format::M4a | Format::Aac, "aac") => Some(Format::M4a),
        _ => None,
    };
    Plan { format: copied.unwrap_or(Format::M4a), makes_anew: copied.is_none() }
}

fn check(film: &Stream, bounds: &Bounds) -> Result<(), Refused> {
    let (width, height) = (film.width.unwrap_or(0), film.height.unwrap_or(0));
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > bounds.film_pixels {
        return Err(Refused::Pixels { width, height });
    }
    let rate = film.avg_frame_rate.as_deref().and_then(rate_of);
    if rate.is_some_and(|rate| rate > f64::from(bounds.frame_rate)) {
        return Err(Refused::Rate(bounds.frame_rate));
    }
    Ok(())
}

/// A film taken with a telephone on its side is shown upright.
fn shown_size(film: &Stream) -> Option<(u32, u32)> {
    let size = film.width.zip(film.height)?;
    let turned = film.side_data_list.iter().any(|data| (data.rotation.abs() - 90.0).abs() < 1.0);
    Some(if turned { (size.1, size.0) } else { size })
}

fn rate_of(text: &str) -> Option<f64> {
    let (pictures, seconds) = text.split_once('/')?;
    let (pictures, seconds) = (pictures.parse::<f64>().ok()?, seconds.parse::<f64>().ok()?);
    (seconds > 0.0 && pictures > 0.0).then_some(pictures / seconds)
}
