//! Who may call a route: checked before its handler runs, and written into the document from the same
//! value.

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::access::{Caller, Permission};
use domain::text;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa_axum::router::{UtoipaMethodRouter, UtoipaMethodRouterExt};

use super::caller::{Asker, Entered, Reach};
use super::{document, idempotency};
use crate::{Problem, Web};

/// Under which key the document says what permission an operation needs.
pub const PERMISSION: &str = "x-permission";
/// Under which key it says which permission is enough where the caller reaches for his own.
pub const PERMISSION_FOR_OWN: &str = "x-permission-own";
/// What stands there for an operation that anybody may call.
pub const PUBLIC: &str = "public";

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// By which permission one reaches everybody's things.
    pub everybody: Permission,
    /// By which a partner reaches his own, if he does.
    pub own: Option<Permission>,
}

impl From<Permission> for Needs {
    fn from(everybody: Permission) -> Self {
        Self { everybody, own: None }
    }
}

impl Needs {
    /// The first reaches everybody's things, the second a partner's own.
    pub const fn or_own(everybody: Permission, own: Permission) -> Self {
        Self { everybody, own: Some(own) }
    }

    /// How far the caller reaches, if he may call at all.
    fn reach(self, caller: &Caller) -> Option<Reach> {
        if caller.may(self.everybody) {
            return Some(Reach::Everybody);
        }
        let own = self.own.filter(|own| caller.may(*own));
        own.and(caller.partner).map(Reach::Own)
    }
}

/// Routes that need a permission; those that change something also an idempotency key.
pub(super) fn guarded(
    needs: impl Into<Needs>,
    (schemas, mut paths, methods): UtoipaMethodRouter<Web>,
) -> UtoipaMethodRouter<Web> {
    let needs = needs.into();
    for (method, operation) in document::operations(&mut paths) {
        let mut extensions = ExtensionsBuilder::new().add(PERMISSION, json!(needs.everybody));
        if let Some(own) = needs.own {
            extensions = extensions.add(PERMISSION_FOR_OWN, json!(own));
        }
        document::describe(operation, &method, Some(extensions.build()));
    }
    let check = move |request, next| check(needs, request, next);
    (schemas, paths, methods).map(|methods| {
        methods.route_layer(middleware::from_fn(idempotency::once)).route_layer(middleware::from_fn(check))
    })
}

async fn check(needs: Needs, mut request: Request, next: Next) -> Response {
    let entered = request.extensions().get::<Entered>().cloned();
    let entered = entered.expect("every route of the API stands behind the door");
    let caller = match entered.caller {
        Ok(caller) => caller,
        Err(turned) => return Problem::from(turned).into_response(),
    };
    let Some(reach) = needs.reach(&caller) else {
        let permission = needs.everybody;
        let detail = text!("нужно разрешение {permission}", "the permission {permission} is needed");
        return Problem::forbidden(detail).into_response();
    };
    request.extensions_mut().insert(Asker { caller, reach });
    next.run(request).await
}
