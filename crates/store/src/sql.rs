//! Small macros that match once on the database and bind in each arm.

use sqlx::AssertSqlSafe;

/// The most rows one statement writes.
const MOST_ROWS: usize = 128;
/// The most values one list holds.
pub(crate) const MOST_LISTED: usize = 128;

/// How many of `remaining` rows the next statement takes: a power of two, so that few texts exist and
/// each stays prepared.
pub(crate) fn rows_at_once(remaining: usize) -> usize {
    let bounded = remaining.min(MOST_ROWS);
    if bounded.is_power_of_two() { bounded } else { bounded.next_power_of_two() / 2 }
}

/// `$3,$4,$5` for three values after two. Only placeholders are written, never data.
pub(crate) fn placeholders(after: usize, count: usize) -> String {
    let mut list = String::with_capacity(count * 5);
    for number in after + 1..=after + count {
        if number > after + 1 {
            list.push(',');
        }
        list.push('$');
        list.push_str(&number.to_string());
    }
    list
}

/// A list filled up to a power of two with its own last value, which changes nothing for `IN`.
pub(crate) fn padded<T: Clone>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    if let Some(last) = values.last() {
        padded.resize(values.len().next_power_of_two(), last.clone());
    }
    padded
}

/// The text with `{list}` replaced by placeholders.
pub(crate) fn listed(sql: &str, after: usize, count: usize) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.replace("{list}", &placeholders(after, count)))
}

/// Runs one statement; gives the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => sqlx::query::<sqlx::Sqlite>($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::Tx::Postgres(tx) => sqlx::query::<sqlx::Postgres>($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::StoreError::from)
    };
}

/// Fetches rows by one of sqlx's methods.
macro_rules! fetch {
    ($method:ident, $tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($value))*
                .$method(&mut **tx).await,
            $crate::Tx::Postgres(tx) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($value))*
                .$method(&mut **tx).await,
        }
        .map_err($crate::StoreError::from)
    };
}

/// Fetches every row.
macro_rules! fetch_all {
    ($($arguments:tt)*) => { fetch!(fetch_all, $($arguments)*) };
}

/// Fetches the row, if there is one.
macro_rules! fetch_optional {
    ($($arguments:tt)*) => { fetch!(fetch_optional, $($arguments)*) };
}

/// Fetches exactly one row.
macro_rules! fetch_one {
    ($($arguments:tt)*) => { fetch!(fetch_one, $($arguments)*) };
}

/// Fetches every row for which a column is in a list; `{list}` in the text stands for the list. The
/// fixed values come first as `$1`, `$2`, …
macro_rules! fetch_listed {
    ($tx:expr, $row:ty, $sql:expr, [$($value:expr),* $(,)?], $list:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        let fixed: usize = 0 $(+ { let _ = stringify!($value); 1 })*;
        for chunk in $list.chunks($crate::sql::MOST_LISTED) {
            let chunk = $crate::sql::padded(chunk);
            let sql = $crate::sql::listed($sql, fixed, chunk.len());
            let found = match &mut *$tx {
                $crate::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query_as::<sqlx::Sqlite, $row>(sql)$(.bind($value))*;
                    for value in chunk { query = query.bind(value); }
                    query.fetch_all(&mut **tx).await
                }
                $crate::Tx::Postgres(tx) => {
                    let mut query = sqlx::query_as::<sqlx::Postgres, $row>(sql)$(.bind($value))*;
                    for value in chunk { query = query.bind(value); }
                    query.fetch_all(&mut **tx).await
                }
            };
            rows.extend(found.map_err($crate::StoreError::from)?);
        }
        rows
    }};
}

/// Runs a statement for every row for which a column is in a list; `{list}` in the text stands for the
/// list.
macro_rules! execute_listed {
    ($tx:expr, $sql:expr, $list:expr) => {
        for chunk in $list.chunks($crate::sql::MOST_LISTED) {
            let chunk = $crate::sql::padded(chunk);
            let sql = $crate::sql::listed($sql, 0, chunk.len());
            match &mut *$tx {
                $crate::Tx::Sqlite(tx) => {
                    let query = sqlx::query::<sqlx::Sqlite>(sql);
                    chunk.into_iter().fold(query, sqlx::query::Query::bind).execute(&mut **tx).await?;
                }
                $crate::Tx::Postgres(tx) => {
                    let query = sqlx::query::<sqlx::Postgres>(sql);
                    chunk.into_iter().fold(query, sqlx::query::Query::bind).execute(&mut **tx).await?;
                }
            }
        }
    };
}

/// Writes many rows in few statements: head, one tuple a row, tail. Gives the number of rows touched.
macro_rules! insert_all {
    ($tx:expr, $head:expr, $rows:expr, |$row:ident| ($($value:expr),+ $(,)?), $tail:expr) => {{
        let mut rest = $rows;
        let mut touched = 0u64;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at($crate::sql::rows_at_once(rest.len()));
            rest = after;
            let done = match &mut *$tx {
                $crate::Tx::Sqlite(tx) => {
                    let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                    query.push_values(chunk, |mut tuple, $row| { $(tuple.push_bind($value);)+ });
                    query.push($tail);
                    query.build().execute(&mut **tx).await.map(|done| done.rows_affected())
                }
                $crate::Tx::Postgres(tx) => {
                    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                    query.push_values(chunk, |mut tuple, $row| { $(tuple.push_bind($value);)+ });
                    query.push($tail);
                    query.build().execute(&mut **tx).await.map(|done| done.rows_affected())
                }
            };
            touched += done.map_err($crate::StoreError::from)?;
        }
        touched
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_come_in_few_sizes() {
        assert_eq!([1, 2, 3, 7, 127, 128, 1_000].map(rows_at_once), [1, 2, 2, 4, 64, 128, 128]);
    }

    #[test]
    fn lists_are_padded_with_their_last_value() {
        assert_eq!(padded(&[1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(placeholders(2, 3), "$3,$4,$5");
    }
}
