//! The further entries of the change log: whom each is about, and how often a person has moved by them.

use crate::finding::FindingKind;

use super::chance::{Chance, Question};
use super::codes;
use super::person::{Class, class};
use super::vtj::{Said, World};
use super::wire::Group;

/// Which person each further entry of the log is about: a walk that visits everyone once before anyone
/// twice, so that a person's moves can be counted without reading the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moves {
    persons: u64,
    changes: u64,
    stride: u64,
    start: u64,
}

impl Moves {
    pub(super) fn new(chance: Chance, persons: u64, changes: u64) -> Self {
        let persons = persons.max(1);
        let start = chance.draw(Question::Extra, 0, persons);
        // A stride near the golden section of the circle spreads a part of the walk over everyone.
        let golden = persons / 1_000 * 618 + persons % 1_000 * 618 / 1_000;
        let stride =
            (golden.max(1)..=persons.max(golden)).find(|&stride| gcd(stride, persons) == 1).unwrap_or(1);
        Self { persons, changes, stride, start }
    }

    /// The person an entry is about.
    fn person(self, entry: u64) -> u64 {
        let step = u128::from(entry % self.persons) * u128::from(self.stride) + u128::from(self.start);
        u64::try_from(step % u128::from(self.persons)).expect("a remainder of a 64-bit number")
    }

    /// How many of the entries are about a person.
    pub(super) fn of(self, index: u64) -> u64 {
        let from_start = (index + self.persons - self.start) % self.persons;
        let step = u128::from(from_start) * u128::from(inverse(self.stride, self.persons));
        let position = u64::try_from(step % u128::from(self.persons)).expect("a remainder");
        self.changes / self.persons + u64::from(position < self.changes % self.persons)
    }

    /// The entry: a move, or, about someone whose move would make the truth unclear, a group that a
    /// library is not granted.
    pub(super) fn entry(self, world: World, entry: u64) -> Said {
        let chosen = self.person(entry);
        let is_known = |index: &u64| class(world.chance, *index) != Class::NotInVtj;
        // The log does not speak of someone who is not in VTJ: the next one takes the entry.
        let index =
            (0..self.persons).map(|step| (chosen + step) % self.persons).find(is_known).unwrap_or(chosen);
        let class_of_chosen = class(world.chance, chosen);
        let groups = if class_of_chosen.may_move() {
            let round = entry / self.persons;
            let had_moved = class_of_chosen.findings().contains(&FindingKind::AddressChange);
            let from = if round == 0 { u64::from(had_moved) } else { round + 1 };
            let since = world.today.pred_opt().unwrap_or(world.today);
            world.move_groups(index, from, round + 2, since)
        } else {
            vec![Group::of("AMMATTI").changed("MUUTETTU")]
        };
        Said { code: codes::code(index).expose().to_owned(), groups }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The number that undoes a multiplication by `a` modulo `modulus`; the two have no common factor.
fn inverse(a: u64, modulus: u64) -> u64 {
    let (mut old, mut new) = (i128::from(a), i128::from(modulus));
    let (mut old_factor, mut new_factor) = (1_i128, 0_i128);
    while new != 0 {
        let times = old / new;
        (old, new) = (new, old - times * new);
        (old_factor, new_factor) = (new_factor, old_factor - times * new_factor);
    }
    u64::try_from(old_factor.rem_euclid(i128::from(modulus))).expect("a remainder of a 64-bit number")
}
