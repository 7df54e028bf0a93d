//! Repeatable chance: a number that depends on the seed, the person and the question, and on nothing else.
//!
//! The mixing is SplitMix64's finaliser (Steele, Lea, Flood 2014), written out here because no library
//! promises the same numbers across versions, and the files must be the same byte for byte in every build.

/// The source of chance for one set of files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    seed: u64,
}

/// What is being drawn. The numbers are part of the format: a new question takes a new number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    Class = 1,
    InLog = 2,
    FirstName = 3,
    SecondName = 4,
    LastName = 5,
    Place = 6,
    Street = 7,
    House = 8,
    Dwelling = 9,
    Flat = 10,
    Moves = 11,
    Language = 12,
    Chosen = 13,
    Noise = 14,
    Since = 15,
    Death = 16,
    Precision = 17,
    Censored = 18,
    Explicit = 19,
    Country = 20,
    Register = 21,
    Money = 22,
    Order = 23,
    Days = 24,
    Closed = 25,
    Extra = 26,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed: mix(seed.wrapping_add(GOLDEN)) }
    }

    /// A number from 0 up to, not including, `below`.
    pub(super) fn draw(self, question: Question, index: u64, below: u64) -> u64 {
        let stream = mix(self.seed ^ (question as u64).wrapping_mul(GOLDEN));
        let drawn = mix(stream.wrapping_add(index.wrapping_mul(GOLDEN)));
        let scaled = (u128::from(drawn) * u128::from(below)) >> 64;
        u64::try_from(scaled).expect("the high half of a product of two 64-bit numbers fits 64 bits")
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(self, question: Question, index: u64, list: &[T]) -> T {
        list[self.draw_index(question, index, list.len())]
    }

    /// A position in a list of `len`.
    pub(super) fn draw_index(self, question: Question, index: u64, len: usize) -> usize {
        usize::try_from(self.draw(question, index, len as u64)).expect("a position in a list in memory")
    }

    /// True for one in `many`.
    pub(super) fn one_in(self, question: Question, index: u64, many: u64) -> bool {
        self.draw(question, index, many) == 0
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
