//! The three languages of the pages.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::municipality::Language;

/// Every language, in the order of the menu.
pub(super) const ALL: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

/// The name of a language in itself.
pub(super) fn own_name(language: Language) -> &'static str {
    match language {
        Language::Fi => "Suomi",
        Language::Sv => "Svenska",
        Language::En => "English",
    }
}

/// The first of ours among those a browser asks for, by its weights; Finnish without one.
pub(super) fn wanted(headers: &HeaderMap) -> Language {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(f32, Language)> = None;
    for part in asked.split(',') {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .map_or(1.0, |text| text.parse().unwrap_or(0.0));
        let Some(language) = Language::from_code(tag.split('-').next().unwrap_or_default()) else { continue };
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::Fi, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
        super::wanted(&headers)
    }

    #[test]
    fn the_heaviest_of_ours_is_wanted() {
        assert_eq!(of("sv-FI,sv;q=0.9,fi;q=0.8"), Language::Sv);
        assert_eq!(of("de, en;q=0.5, sv;q=0.7"), Language::Sv);
        assert_eq!(of("de"), Language::Fi);
        assert_eq!(of("en;q=0"), Language::Fi);
        assert_eq!(super::wanted(&HeaderMap::new()), Language::Fi);
    }
}
