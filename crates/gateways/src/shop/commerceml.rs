//! `CommerceML` 2, the exchange of 1C: `import.xml` tells groups and goods, `offers.xml` or `prices.xml` their
//! prices. A file may hold either or both; files of one export are read together, whatever they are called.
//!
//! Source: <https://dev.1c-bitrix.ru/api_help/sale/algorithms/data_2_site.php>,
//! <https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/standarty-commerceml/>.

mod goods;
mod join;
mod packages;

use std::collections::HashMap;
use std::io::Read;

use app::ports::catalogue::{Listing, Marks, Place, SourceError, Watch};
use domain::lang::Text;
use domain::offer::ShopText;
use domain::text;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::fields::SkuFrom;
use super::sum::Summed;
use super::xml::{Content, Xml, unreadable};
use super::{dates, feed};

/// How an export is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommerceMl {
    /// The article that orders name.
    pub sku: SkuFrom,
    /// The type of price that customers pay, by its name or id. Where there is only one it need not be named.
    pub price_type: Option<String>,
}

/// A product of a catalogue as it is written.
struct Good {
    place: Place,
    id: Content,
    article: Option<Content>,
    name: Option<Content>,
    group: Option<Content>,
    is_deleted: bool,
    /// What makes the whole row wrong.
    problem: Option<Text>,
}

/// What a package of offers says of a product.
struct Priced {
    place: Place,
    id: Content,
    article: Option<Content>,
    prices: Vec<Price>,
}

/// One price.
#[derive(Default)]
struct Price {
    kind: Option<Content>,
    amount: Option<Content>,
    currency: Option<Content>,
    ratio: Option<Content>,
}

/// A type of price.
struct PriceType {
    name: String,
    currency: Option<String>,
}

/// What the files of an export told so far.
#[derive(Default)]
struct Export {
    groups: HashMap<String, Result<ShopText, Text>>,
    price_types: HashMap<String, PriceType>,
    goods: Vec<Good>,
    priced: Vec<Priced>,
    has_catalogue: bool,
    /// Whether a catalogue said that it holds changes only.
    has_changes_only: bool,
    told_at: Option<Timestamp>,
}

/// Reads the files of one export, each with its name.
///
/// # Errors
/// [`SourceError::Unreadable`] if one of them is not `CommerceML`, breaks off, or is larger than the program
/// takes; if prices are of several types and none is named.
pub fn read<R: Read>(
    files: impl IntoIterator<Item = (String, R)>,
    commerceml: &CommerceMl,
    watch: &Watch<'_>,
) -> Result<Listing, SourceError> {
    let mut export = Export::default();
    let mut sum = Sha256::new();
    for (name, input) in files {
        // Where files end belongs to what was read.
        sum.update(name.as_bytes());
        sum.update([0]);
        sum = export.file(&name, Summed::from(input, sum), watch).map_err(|error| in_file(&name, error))?;
    }
    if !export.has_catalogue && export.priced.is_empty() {
        return Err(unreadable(text!(
            "в файлах нет ни каталога, ни предложений",
            "the files hold neither a catalogue nor offers"
        )));
    }
    Ok(Listing {
        is_whole: export.has_catalogue && !export.has_changes_only,
        told_at: export.told_at,
        rows: join::rows(export, commerceml)?,
        digest: sum.finalize().into(),
        marks: Marks::default(),
    })
}

fn in_file(name: &str, error: SourceError) -> SourceError {
    let SourceError::Unreadable(problem) = error else { return error };
    SourceError::Unreadable(super::fields::in_field(name, name, problem))
}

impl Export {
    fn file<R: Read>(
        &mut self,
        name: &str,
        input: Summed<R>,
        watch: &Watch<'_>,
    ) -> Result<Sha256, SourceError> {
        let mut xml = Xml::new(input, feed::MOST_BYTES)?;
        let root = xml.root("КоммерческаяИнформация")?;
        let date = root.attribute("ДатаФормирования").ok().flatten();
        // Of several files the latest says how old the export is.
        self.told_at = self.told_at.max(date.as_deref().and_then(dates::instant));
        while let Some(element) = xml.child()? {
            match element.name() {
                "Классификатор" => self.classifier(&mut xml)?,
                "Каталог" => self.catalogue(&mut xml, &element, name, watch)?,
                "ПакетПредложений" | "ИзмененияПакетаПредложений" =>
                {
                    self.package(&mut xml, name, watch)?;
                }
                _ => xml.skip()?,
            }
        }
        xml.end()?;
        watch(super::yml::progress(&xml, self.goods.len()));
        Ok(xml.into_input().into_sum())
    }
}
