//! A list read in pages: where one begins, and where the next does.
//!
//! A page begins after a place, not at an offset, so that nothing is shown twice or left out when
//! something is added between two pages.

use uuid::Uuid;

/// What a list is sorted by, of one of its items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A number, or an instant in microseconds.
    Number(i64),
    /// A text; texts are ordered byte by byte.
    Text(String),
}

/// The place of an item in a list: what it is sorted by, and its identity where that is the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What the list is sorted by.
    pub key: Key,
    /// Which item.
    pub id: Uuid,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// After which place; `None` from the beginning.
    pub after: Option<Place>,
    /// Whether the greatest come first.
    pub descending: bool,
    /// At most so many.
    pub limit: u16,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The place after which the next page begins; `None` on the last.
    pub next: Option<Place>,
}

impl Place {
    /// The place of an item whose key is its own.
    pub const fn of(key: Key) -> Self {
        Self { key, id: Uuid::nil() }
    }
}

impl Window {
    /// How many rows to read: one more than are shown tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts what [`Window::rows`] read down to a page.
    pub fn page<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> Place) -> Page<T> {
        let more = items.len() > usize::from(self.limit);
        items.truncate(usize::from(self.limit));
        let next = more.then(|| items.last().map(place)).flatten();
        Page { items, next }
    }

    /// The page of a list that is there whole, sorted as the window is.
    pub fn page_of<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> Place) -> Page<T> {
        if let Some(after) = &self.after {
            items.retain(|item| if self.descending { place(item) < *after } else { place(item) > *after });
        }
        self.page(items, place)
    }
}

impl<T> Page<T> {
    /// The same page with every item made into another.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_last_unless_one_more_was_read() {
        let window = Window { after: None, descending: false, limit: 2 };
        assert_eq!(window.rows(), 3);
        let place = |number: &i64| Place::of(Key::Number(*number));
        assert_eq!(window.page(vec![1, 2], place), Page { items: vec![1, 2], next: None });
        assert_eq!(window.page(vec![1, 2, 3], place), Page { items: vec![1, 2], next: Some(place(&2)) });
        assert_eq!(window.page(Vec::new(), place), Page { items: Vec::new(), next: None });
    }

    #[test]
    fn pages_of_a_whole_list_show_each_item_once() {
        for descending in [false, true] {
            let mut all: Vec<i64> = (0..7).collect();
            if descending {
                all.reverse();
            }
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let window = Window { after, descending, limit: 3 };
                let page = window.page_of(all.clone(), |number| Place::of(Key::Number(*number)));
                seen.extend(page.items);
                let Some(next) = page.next else { break };
                after = Some(next);
            }
            assert_eq!(seen, all);
        }
    }
}
