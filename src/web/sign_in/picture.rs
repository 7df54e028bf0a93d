//! A text as a picture that a phone reads (QR code), drawn as the path of an SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around the code, which readers need.
const MARGIN: i32 = 4;

/// A picture.
#[derive(Debug)]
pub(in crate::web) struct Picture {
    /// Its width and height, in modules.
    pub(in crate::web) size: i32,
    /// The dark modules, as the data of an SVG path.
    pub(in crate::web) path: String,
}

/// Draws a text; nothing when it is too long for a code.
pub(in crate::web) fn draw(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size()).take_while(|&x| code.get_module(x, y)).count();
            let width = i32::try_from(dark).ok()?;
            if width > 0 {
                let _ = write!(path, "M{} {}h{width}v1h-{width}z", x + MARGIN, y + MARGIN);
            }
            x += width.max(1);
        }
    }
    Some(Picture { size: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corner_of_a_code_is_where_readers_look_for_it() {
        let picture = draw("otpauth://totp/Ajantasa:maija?secret=GEZDGNBVGY3TQOJQ&issuer=Ajantasa").unwrap();
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        assert!(draw(&"a".repeat(5000)).is_none());
    }
}
