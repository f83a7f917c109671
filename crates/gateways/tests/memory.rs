//! A feed of any length is read within the memory of what it tells. A program of its own: it looks at the
//! most memory that the process ever had.

use std::io::Read;

use gateways::shop::{SkuFrom, Yml, read_yml};

/// A feed that is made while it is read: a hundred thousand offers, each with a long description.
struct Feed {
    piece: Vec<u8>,
    at: usize,
    offers: u32,
    made: u32,
}

impl Feed {
    fn of(offers: u32) -> Self {
        let head = "<yml_catalog><shop><offers>".as_bytes().to_vec();
        Self { piece: head, at: 0, offers, made: 0 }
    }

    fn next(&mut self) -> bool {
        self.at = 0;
        let made = self.made;
        self.made += 1;
        self.piece = match made.cmp(&self.offers) {
            std::cmp::Ordering::Less => format!(
                "<offer id=\"{made}\"><price>{}</price><currencyId>RUB</currencyId><name>Товар {made}</name>\
<description><![CDATA[{}]]></description></offer>\n",
                made + 1,
                "<p>очень длинное описание</p>".repeat(60)
            ),
            std::cmp::Ordering::Equal => "</offers></shop></yml_catalog>".to_owned(),
            std::cmp::Ordering::Greater => return false,
        }
        .into_bytes();
        true
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.piece.len() && !self.next() {
            return Ok(0);
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let amount = rest.len().min(into.len());
        into.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.at += amount;
        Ok(amount)
    }
}

/// The most memory that this process had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it tells the peak");
    line.chars().filter(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_offers_are_read_within_what_they_tell() {
    let before = peak();
    let listing = read_yml(Feed::of(100_000), Yml { sku: SkuFrom::Id }, &|_| {}).expect("a feed");
    assert_eq!(listing.rows.len(), 100_000);
    let grown = peak() - before;
    // The feed is about 280 MB; what it tells is about 400 bytes an offer.
    assert!(grown < 100 * 1024, "{grown} KiB");
}
