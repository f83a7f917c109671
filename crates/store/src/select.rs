//! A statement put together from fixed pieces of text and bound values: lists that are filtered.
//!
//! Data never enters the text. Texts are compared byte by byte on both databases, so that the order of
//! a list and the place where a page begins agree whatever the server's locale is.

use domain::page::{Key, Window};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::Tx;

/// A value bound to a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A number, or an instant in microseconds.
    Number(i64),
    /// A text.
    Text(String),
    /// An id.
    Id(Uuid),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Number(number) => Self::Number(number),
            Key::Text(text) => Self::Text(text),
        }
    }
}

/// A statement being put together.
#[derive(Debug)]
pub(crate) struct Select {
    sql: String,
    values: Vec<Value>,
    has_condition: bool,
    bytewise: &'static str,
}

impl Select {
    /// Begins with `SELECT … FROM …`, without a condition.
    pub(crate) fn new(tx: &Tx, head: &str) -> Self {
        // SQLite compares texts byte by byte by itself.
        let bytewise = match tx {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => " COLLATE \"C\"",
        };
        Self { sql: head.to_owned(), values: Vec::new(), has_condition: false, bytewise }
    }

    /// Begins with a text that has values of its own; each `?` in it stands for the next.
    pub(crate) fn with(tx: &Tx, head: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let mut select = Self::new(tx, "");
        select.push(head, values);
        select
    }

    /// Adds a condition; each `?` in it stands for the next value, `{bytewise}` after a column of text
    /// lets it be compared byte by byte.
    pub(crate) fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if self.has_condition { " AND (" } else { " WHERE (" });
        self.has_condition = true;
        self.push(condition, values);
        self.sql.push(')');
    }

    /// Adds that one of the columns of text begins with one of the texts, as they are: nothing in them is
    /// a wildcard.
    pub(crate) fn and_begins(&mut self, columns: &[&str], beginnings: &[String]) {
        let one = |column: &&str| format!("({column}{{bytewise}} >= ? AND {column}{{bytewise}} < ?)");
        let condition: Vec<String> = beginnings.iter().flat_map(|_| columns.iter().map(one)).collect();
        // No text that begins so is greater than the beginning followed by the last character.
        let bounds = |text: &String| [Value::Text(text.clone()), Value::Text(format!("{text}{}", char::MAX))];
        let values: Vec<Value> =
            beginnings.iter().flat_map(|text| columns.iter().flat_map(move |_| bounds(text))).collect();
        self.and(&condition.join(" OR "), values);
    }

    /// Ends with the order and the bounds of a window over a column and the id that tells equal ones
    /// apart.
    pub(crate) fn within(mut self, window: &Window, column: &str, id: &str) -> Self {
        let (than, order) = if window.descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some(place) = window.after.clone() {
            self.and(&format!("({column}, {id}) {than} (?, ?)"), [place.key.into(), place.id.into()]);
        }
        let ending = format!(" ORDER BY {column} {order}, {id} {order} LIMIT ?");
        self.push(&ending, [Value::Number(window.rows())]);
        self
    }

    /// The same where the id alone orders: it begins with the time at which it was made.
    pub(crate) fn within_ids(mut self, window: &Window, id: &str) -> Self {
        let (than, order) = if window.descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some(place) = &window.after {
            self.and(&format!("{id} {than} ?"), [place.id.into()]);
        }
        self.push(&format!(" ORDER BY {id} {order} LIMIT ?"), [Value::Number(window.rows())]);
        self
    }

    fn push(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for piece in text.replace("{bytewise}", self.bytewise).split_inclusive('?') {
            let Some(before) = piece.strip_suffix('?') else {
                self.sql.push_str(piece);
                continue;
            };
            self.values.push(values.next().expect("as many values as question marks"));
            self.sql.push_str(before);
            self.sql.push('$');
            self.sql.push_str(&self.values.len().to_string());
        }
    }

    pub(crate) fn into_parts(self) -> (AssertSqlSafe<String>, Vec<Value>) {
        (AssertSqlSafe(self.sql), self.values)
    }
}

/// Fetches every row of a [`Select`].
macro_rules! fetch_select {
    ($tx:expr, $row:ty, $select:expr) => {{
        let (sql, values) = $select.into_parts();
        match &mut *$tx {
            $crate::Tx::Sqlite(tx) => {
                let mut query = sqlx::query_as::<sqlx::Sqlite, $row>(sql);
                for value in values {
                    query = match value {
                        $crate::select::Value::Number(number) => query.bind(number),
                        $crate::select::Value::Text(text) => query.bind(text),
                        $crate::select::Value::Id(id) => query.bind(id),
                    };
                }
                query.fetch_all(&mut **tx).await
            }
            $crate::Tx::Postgres(tx) => {
                let mut query = sqlx::query_as::<sqlx::Postgres, $row>(sql);
                for value in values {
                    query = match value {
                        $crate::select::Value::Number(number) => query.bind(number),
                        $crate::select::Value::Text(text) => query.bind(text),
                        $crate::select::Value::Id(id) => query.bind(id),
                    };
                }
                query.fetch_all(&mut **tx).await
            }
        }
        .map_err($crate::StoreError::from)?
    }};
}
