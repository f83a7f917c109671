//! `Классификатор` and `Каталог`: groups and goods.

use std::io::Read;

use app::ports::catalogue::{Place, Position, SourceError, Watch};
use domain::text;

use super::{Export, Good};
use crate::shop::feed;
use crate::shop::fields::{self, shortened};
use crate::shop::xml::{Content, Element, Xml};
use crate::shop::yml::{OFTEN, progress};

impl Export {
    pub(super) fn classifier<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "Группы" => self.groups(xml)?,
                "ТипыЦен" => self.read_price_types(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// Groups stand in groups; each is known by its own name. Depth is bounded by the reader.
    fn groups<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), SourceError> {
        while let Some(element) = xml.child()? {
            if element.name() != "Группа" {
                xml.skip()?;
                continue;
            }
            let (mut id, mut name) = (None, None);
            while let Some(element) = xml.child()? {
                match element.name() {
                    "Ид" => id = xml.text()?.ok(),
                    "Наименование" => {
                        name = Some(xml.text()?.and_then(|name| fields::category(&name)));
                    }
                    "Группы" => self.groups(xml)?,
                    _ => xml.skip()?,
                }
            }
            if self.groups.len() >= feed::MOST_ROWS {
                return Err(feed::too_many());
            }
            if let (Some(id), Some(name)) = (id, name) {
                self.groups.insert(id.trim().to_owned(), name);
            }
        }
        Ok(())
    }

    pub(super) fn catalogue<R: Read>(
        &mut self,
        xml: &mut Xml<R>,
        catalogue: &Element,
        file: &str,
        watch: &Watch<'_>,
    ) -> Result<(), SourceError> {
        self.has_catalogue = true;
        let changes_only = catalogue.attribute("СодержитТолькоИзменения");
        // What cannot be read may mean that most goods are left out.
        self.has_changes_only |= changes_only.map_or(true, |text| text.is_some_and(|text| is_true(&text)));
        while let Some(element) = xml.child()? {
            if element.name() != "Товары" {
                xml.skip()?;
                continue;
            }
            while let Some(element) = xml.child()? {
                if element.name() != "Товар" {
                    xml.skip()?;
                    continue;
                }
                if self.goods.len() >= feed::MOST_ROWS {
                    return Err(feed::too_many());
                }
                let line = xml.line();
                self.goods.push(good(xml, &element, place(file, line))?);
                if self.goods.len().is_multiple_of(OFTEN) {
                    watch(progress(xml, self.goods.len()));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn place(file: &str, line: u64) -> Place {
    Place { file: Some(file.to_owned()), position: Position::Line(line), id: None }
}

/// `true`, `1`, `да`, `истина`: what 1C and those who imitate it write.
pub(super) fn is_true(text: &str) -> bool {
    ["true", "1", "да", "истина"].contains(&text.trim().to_lowercase().as_str())
}

pub(super) fn missing() -> Content {
    Err(text!("нет Ид", "there is no id"))
}

fn good<R: Read>(xml: &mut Xml<R>, element: &Element, place: Place) -> Result<Good, SourceError> {
    let status = element.attribute("Статус").ok().flatten().map(|status| status.trim().to_lowercase());
    let mut good = Good {
        place,
        id: missing(),
        article: None,
        name: None,
        group: None,
        is_deleted: status.is_some_and(|status| ["удален", "удалён"].contains(&status.as_str())),
        problem: None,
    };
    let mut has_id = false;
    while let Some(element) = xml.child()? {
        let is_second = match element.name() {
            "Ид" => std::mem::replace(&mut has_id, true),
            "Артикул" => good.article.is_some(),
            "Наименование" => good.name.is_some(),
            _ => false,
        };
        if is_second {
            let name = element.name();
            good.problem = Some(text!("<{name}> стоит дважды", "<{name}> stands there twice"));
        }
        match element.name() {
            "Ид" => good.id = xml.text()?,
            "Артикул" => good.article = Some(xml.text()?),
            "Наименование" => good.name = Some(xml.text()?),
            "Группы" => good.group = first_id(xml)?,
            "ПометкаУдаления" => {
                good.is_deleted |= xml.text()?.is_ok_and(|text| is_true(&text));
            }
            _ => xml.skip()?,
        }
    }
    good.place.id = good.id.as_ref().ok().map(|id| shortened(id));
    Ok(good)
}

/// Of the groups in which a product stands, the first.
fn first_id<R: Read>(xml: &mut Xml<R>) -> Result<Option<Content>, SourceError> {
    let mut first = None;
    while let Some(element) = xml.child()? {
        if element.name() == "Ид" && first.is_none() {
            first = Some(xml.text()?);
        } else {
            xml.skip()?;
        }
    }
    Ok(first)
}
