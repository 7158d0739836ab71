//! How much is too much.

/// What a file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a picture.
    pub picture_bytes: u64,
    /// Bytes of a film or a recording.
    pub film_bytes: u64,
    /// Pixels of a picture, known before it is decoded.
    pub pixels: u64,
    /// A picture of more pixels than this is kept smaller.
    pub kept_pixels: u64,
    /// Pixels of a preview.
    pub small_pixels: u64,
    /// Pixels of a film.
    pub film_pixels: u64,
    /// Pictures of an animation.
    pub frames: usize,
    /// Pictures a second of a film.
    pub frame_rate: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            picture_bytes: 16 << 20,
            film_bytes: 99 << 20,
            pixels: 7680 * 4320,
            kept_pixels: 3840 * 2160,
            small_pixels: 640 * 360,
            film_pixels: 3840 * 2160,
            frames: 1000,
            frame_rate: 120,
        }
    }
}
