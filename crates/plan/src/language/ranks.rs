//! The ranks of a plan: names only, which staff give; or what reaches each.

use domain::lang::Text;
use domain::text;

use super::findings::Findings;
use super::section::Section;
use super::values;
use crate::rank::Rank;

/// Reads `ranks = ["member", "silver"]`, low to high.
pub(super) fn read(root: &Section<'_, '_>, findings: &mut Findings) -> Vec<Rank> {
    let example = "[\"member\", \"silver\"]";
    let Some(entry) = root.get("ranks") else {
        return Vec::new();
    };
    let items = values::list(entry, example, findings).unwrap_or_default();
    let mut ranks: Vec<Rank> = Vec::new();
    for item in items {
        let Some(name) = values::name(item, "\"silver\"", findings) else {
            continue;
        };
        if ranks.iter().any(|rank| rank.name == name) {
            findings.error(
                item.span(),
                Text::new("уже есть", "already there"),
                text!("ранг \"{name}\" назван дважды", "the rank \"{name}\" is named twice"),
                Text::new(
                    "назовите каждый ранг один раз, от низшего к высшему",
                    "name each rank once, low to high",
                ),
            );
            continue;
        }
        ranks.push(Rank { name: name.to_owned(), reach: None, keep: None });
    }
    ranks
}
