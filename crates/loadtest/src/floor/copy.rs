//! Copies rows of any of the program's tables, whatever their columns.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use sqlx::{Column, Row, TypeInfo, Value as _, ValueRef};
use uuid::Uuid;

use super::layers::{Act, Layer};
use crate::database::Pool;

/// The most rows one statement writes: as many as the program's.
const MOST_ROWS: usize = 128;

/// Rows of several tables that share a transaction, in the order of writing.
pub(super) type Group = Vec<Rows>;

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Rows {
    act: Act,
    /// `INSERT INTO table (columns) ` or `DELETE FROM table WHERE id IN `.
    head: String,
    cells: Vec<Vec<Value>>,
}

/// One cell.
#[derive(Debug, Clone)]
enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Bool(Option<bool>),
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }
}

/// Reads the rows of layers, by group; in each group the layers stand in their order.
pub(super) async fn groups(pool: &Pool, layers: &[Layer]) -> anyhow::Result<BTreeMap<i64, Group>> {
    let mut groups: BTreeMap<i64, Group> = BTreeMap::new();
    for layer in layers {
        let (columns, rows) =
            read(pool, layer.sql).await.with_context(|| format!("could not read {}", layer.table))?;
        let head = match layer.act {
            Act::Insert => format!("INSERT INTO {} ({}) ", layer.table, columns.join(", ")),
            Act::Delete => format!("DELETE FROM {} WHERE id IN ", layer.table),
        };
        let mut by_group: BTreeMap<i64, Vec<Vec<Value>>> = BTreeMap::new();
        for (group, row) in rows {
            by_group.entry(group).or_default().push(row);
        }
        for (group, rows) in by_group {
            groups.entry(group).or_default().push(Rows { act: layer.act, head: head.clone(), cells: rows });
        }
    }
    Ok(groups)
}

type Table = (Vec<String>, Vec<(i64, Vec<Value>)>);

async fn read(pool: &Pool, sql: &'static str) -> anyhow::Result<Table> {
    macro_rules! rows {
        ($rows:expr) => {{
            let rows = $rows;
            let names = rows
                .first()
                .map(|row| row.columns().iter().skip(1).map(|column| column.name().to_owned()).collect());
            let mut read = Vec::with_capacity(rows.len());
            for row in rows {
                let group: i64 = row.try_get(0)?;
                let mut values = Vec::with_capacity(row.len());
                for place in 1..row.len() {
                    let raw = row.try_get_raw(place)?;
                    // SQLite types the cell, PostgreSQL the column.
                    let declared = row.column(place).type_info().name().to_owned();
                    let kind = if raw.is_null() { declared } else { raw.type_info().name().to_owned() };
                    values.push(cell!(ValueRef::to_owned(&raw), kind.as_str()));
                }
                read.push((group, values));
            }
            Ok((names.unwrap_or_default(), read))
        }};
    }
    macro_rules! cell {
        ($value:expr, $kind:expr) => {{
            let value = $value;
            match $kind {
                "INTEGER" | "INT8" | "BIGINT" => Value::Int(value.try_decode()?),
                "TEXT" | "VARCHAR" | "NULL" => Value::Text(value.try_decode()?),
                "BLOB" | "BYTEA" => Value::Bytes(value.try_decode()?),
                "UUID" => Value::Uuid(value.try_decode()?),
                "BOOL" | "BOOLEAN" => Value::Bool(value.try_decode()?),
                other => bail!("cells of type {other} are not known here"),
            }
        }};
    }
    match pool {
        Pool::Sqlite(pool) => rows!(sqlx::query(sql).fetch_all(pool).await?),
        Pool::Postgres(pool) => rows!(sqlx::query(sql).fetch_all(pool).await?),
    }
}

/// Pushes rows as tuples, or their ids as a list.
macro_rules! push {
    ($query:ident, $act:ident, $rows:ident) => {
        match $act {
            Act::Insert => drop($query.push_values($rows, |mut tuple, row| {
                for value in row {
                    bind!(tuple, value);
                }
            })),
            Act::Delete => {
                $query.push("(");
                let mut list = $query.separated(", ");
                for value in $rows.into_iter().flatten() {
                    bind!(list, value);
                }
                $query.push(")");
            }
        }
    };
}

macro_rules! bind {
    ($list:ident, $value:ident) => {
        match $value {
            Value::Int(value) => $list.push_bind(value),
            Value::Text(value) => $list.push_bind(value),
            Value::Bytes(value) => $list.push_bind(value),
            Value::Uuid(value) => $list.push_bind(value),
            Value::Bool(value) => $list.push_bind(value),
        };
    };
}

/// The statements of a group: their sizes are powers of two, so that few texts exist.
fn statements(group: Group) -> impl Iterator<Item = (String, Act, Vec<Vec<Value>>)> {
    group.into_iter().flat_map(|Rows { act, head, cells }| {
        let mut rest = cells;
        std::iter::from_fn(move || {
            let bounded = rest.len().min(MOST_ROWS);
            let size = if bounded.is_power_of_two() { bounded } else { bounded.next_power_of_two() / 2 };
            (size > 0).then(|| (head.clone(), act, rest.drain(..size).collect()))
        })
    })
}

/// Writes a group in one transaction.
pub(super) async fn write(pool: &Pool, group: Group) -> anyhow::Result<()> {
    match pool {
        Pool::Sqlite(pool) => {
            let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
            for statement in statements(group) {
                let (head, act, rows) = statement;
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(head);
                push!(query, act, rows);
                query.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        }
        Pool::Postgres(pool) => {
            let mut tx = pool.begin().await?;
            for statement in statements(group) {
                let (head, act, rows) = statement;
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(head);
                push!(query, act, rows);
                query.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}
