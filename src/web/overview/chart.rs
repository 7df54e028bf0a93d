//! Bars as plain SVG, drawn here: no script, no style inside, sizes in percent of the width and in points of the page.

/// Height of a bar with its label above it, in CSS pixels.
const ROW: usize = 40;
/// Where the label's line stands within it.
const BASELINE: usize = 15;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub value: i64,
}

/// Bars under one title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What the elements of the page are called by.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The bars, from above.
    pub bars: Vec<Bar>,
}

/// A bar with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Label and value.
    pub text: String,
    /// Where its text stands, from above.
    pub text_at: usize,
    /// Where it begins, from above.
    pub bar_at: usize,
    /// Its length in tenths of a per cent of the longest one's, as SVG has it: `62.5%`.
    pub width: String,
}

impl Chart {
    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.bars.iter().all(|bar| bar.value <= 0)
    }

    /// The height of the whole.
    pub fn height(&self) -> usize {
        self.bars.len() * ROW
    }

    /// The bars in their places; the longest takes the whole width.
    pub fn drawn(&self) -> Vec<Drawn> {
        let most = self.bars.iter().map(|bar| bar.value).max().unwrap_or_default().max(1);
        let place = |(number, bar): (usize, &Bar)| {
            let tenths = bar.value.max(0).saturating_mul(1000) / most;
            Drawn {
                text: format!("{}: {}", bar.label, bar.value),
                text_at: number * ROW + BASELINE,
                bar_at: number * ROW + BASELINE + 6,
                width: format!("{}.{}%", tenths / 10, tenths % 10),
            }
        };
        self.bars.iter().enumerate().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[i64]) -> Chart {
        let bars = values.iter().map(|value| Bar { label: format!("of {value}"), value: *value }).collect();
        Chart { id: "test", title: "A test".to_owned(), bars }
    }

    #[test]
    fn the_longest_bar_is_the_whole_width_and_the_others_in_proportion() {
        let widths: Vec<String> = chart(&[8, 5, 0, 3]).drawn().into_iter().map(|bar| bar.width).collect();
        assert_eq!(widths, ["100.0%", "62.5%", "0.0%", "37.5%"]);
        let huge = chart(&[i64::MAX, 1]).drawn();
        assert!(huge.iter().all(|bar| bar.width.ends_with('%')));
    }

    #[test]
    fn nothing_to_draw_is_no_bar() {
        assert!(chart(&[]).is_empty() && chart(&[0, 0]).is_empty() && !chart(&[0, 1]).is_empty());
        assert_eq!(chart(&[1, 2]).height(), 80);
    }
}
