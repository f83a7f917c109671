//! The table of rights that people read is the one that holds.

use domain::access::{Caller, Permission, Role, Via};
use domain::actor::Actor;
use domain::ids::{TokenId, UserId};
use uuid::Uuid;

const TABLE: &str = include_str!("../../../docs/access.md");

#[test]
fn the_table_of_rights_in_the_docs_is_the_one_that_holds() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), Permission::ALL.len());
    for (row, permission) in rows.iter().zip(Permission::ALL) {
        let [_, name, cells @ .., _, _] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!(name.trim_matches('`'), permission.as_str());
        let holds: Vec<bool> = Role::ALL.iter().map(|role| role.permissions().contains(permission)).collect();
        let told: Vec<bool> = cells.iter().map(|cell| *cell == "✓").collect();
        assert_eq!(told, holds, "{permission}");
    }
}

#[test]
fn words_are_read_back_and_others_are_refused() {
    for permission in Permission::ALL {
        assert_eq!(Permission::parse(permission.as_str()), Ok(*permission));
    }
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Ok(*role));
    }
    let refused = Role::parse("root").expect_err("there is no such role");
    assert!(refused.to_string().contains("use one of owner, admin"), "{refused}");
    let refused = domain::lang::Text::from(refused);
    assert!(
        refused.in_lang(domain::lang::Lang::Ru).starts_with("\"root\" — не роль; есть: owner"),
        "{refused}"
    );
    assert!(Permission::parse("everything").is_err());
}

#[test]
fn a_token_lets_through_what_both_it_and_the_role_allow() {
    let caller = |role, scopes: &[Permission]| Caller {
        user: UserId::new(Uuid::nil()),
        role,
        actor: Actor::System,
        partner: None,
        via: Via::Token { id: TokenId::new(Uuid::nil()), scopes: scopes.to_vec() },
    };
    let both = caller(Role::Accountant, &[Permission::PayoutsRead, Permission::UsersManage]);
    assert!(both.may(Permission::PayoutsRead));
    assert!(!both.may(Permission::UsersManage), "his role does not allow it");
    assert!(!both.may(Permission::OrdersRead), "the token is not for it");
    assert!(!caller(Role::Support, &[Permission::PayoutsSend]).may(Permission::PayoutsSend));
}
