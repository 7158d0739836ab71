//! A text as a picture that a phone reads: drawn in place, so that no other
//! request carries the secret in it.

use qrcode::QrCode;
use qrcode::render::svg;

/// An SVG element; empty where the text is too long for a picture.
pub(crate) fn svg(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // Inside a page it is an element, not a document.
    drawn.find("<svg").and_then(|at| drawn.get(at..)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_becomes_an_element() {
        let drawn = super::svg("otpauth://totp/x?secret=ABC");
        assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>"));
        assert!(!drawn.contains("style=") && !drawn.contains("ABC"));
        assert!(super::svg(&"x".repeat(10_000)).is_empty());
    }
}
