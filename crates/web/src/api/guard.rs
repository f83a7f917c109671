//! Who may call a route: checked before its handler runs, and written into the document from the same
//! value.

use app::auth;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::access::{Caller, Permission};
use domain::text;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa_axum::router::{UtoipaMethodRouter, UtoipaMethodRouterExt};

use super::caller::{Asker, Entered, Himself, Reach};
use super::document::Access;
use super::{document, idempotency};
use crate::{Problem, Web};

/// Under which key the document says what permission an operation needs.
pub const PERMISSION: &str = "x-permission";
/// Under which key it says which permission is enough where the caller reaches for his own.
pub const PERMISSION_FOR_OWN: &str = "x-permission-own";
/// Under which key it says that the password must have been given lately: a token is not enough.
pub const FRESH: &str = "x-fresh";
/// What stands there for an operation that anybody may call.
pub const PUBLIC: &str = "public";
/// What stands there for one that concerns the caller himself, whoever he is.
pub const SIGNED_IN: &str = "signed_in";

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// By which permission one reaches everybody's things.
    pub everybody: Permission,
    /// By which a partner reaches his own, if he does.
    pub own: Option<Permission>,
    /// Whether the password must have been given just now.
    pub fresh: bool,
}

impl From<Permission> for Needs {
    fn from(everybody: Permission) -> Self {
        Self::only(everybody)
    }
}

impl Needs {
    /// By one permission, everybody's things.
    pub const fn only(everybody: Permission) -> Self {
        Self { everybody, own: None, fresh: false }
    }

    /// The first reaches everybody's things, the second a partner's own.
    pub const fn or_own(everybody: Permission, own: Permission) -> Self {
        Self { everybody, own: Some(own), fresh: false }
    }

    /// By whoever gave his password just now; not by a token.
    #[must_use]
    pub const fn asking_again(self) -> Self {
        Self { fresh: true, ..self }
    }

    /// The permission, and the password given within the last minutes: before money leaves.
    pub const fn fresh(everybody: Permission) -> Self {
        Self { everybody, own: None, fresh: true }
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
        if needs.fresh {
            extensions = extensions.add(FRESH, json!(true));
        }
        if let Some(own) = needs.own {
            extensions = extensions.add(PERMISSION_FOR_OWN, json!(own));
        }
        document::describe(operation, &method, Access::Guarded, extensions.build());
    }
    let check = move |request, next| check(needs, request, next);
    (schemas, paths, methods).map(|methods| {
        methods.route_layer(middleware::from_fn(idempotency::once)).route_layer(middleware::from_fn(check))
    })
}

/// Routes that anybody may call: one that comes in by them, or was invited.
pub(super) fn public((schemas, mut paths, methods): UtoipaMethodRouter<Web>) -> UtoipaMethodRouter<Web> {
    for (method, operation) in document::operations(&mut paths) {
        let extensions = ExtensionsBuilder::new().add(PERMISSION, json!(PUBLIC)).build();
        document::describe(operation, &method, Access::Public, extensions);
    }
    (schemas, paths, methods)
}

/// Routes that concern the caller himself, whoever he is; handlers take [`Himself`]. Without a key by
/// which they are done once: their bodies hold passwords and codes, of which not even a digest is kept.
pub(super) fn signed_in(routes: UtoipaMethodRouter<Web>) -> UtoipaMethodRouter<Web> {
    himself(routes, Access::Own)
}

/// The same, done once for an `Idempotency-Key`.
pub(super) fn signed_in_once(routes: UtoipaMethodRouter<Web>) -> UtoipaMethodRouter<Web> {
    let (schemas, paths, methods) = routes;
    let methods = methods.route_layer(middleware::from_fn(idempotency::once));
    himself((schemas, paths, methods), Access::Guarded)
}

fn himself(
    (schemas, mut paths, methods): UtoipaMethodRouter<Web>,
    access: Access,
) -> UtoipaMethodRouter<Web> {
    for (method, operation) in document::operations(&mut paths) {
        let extensions = ExtensionsBuilder::new().add(PERMISSION, json!(SIGNED_IN)).build();
        document::describe(operation, &method, access, extensions);
    }
    (schemas, paths, methods).map(|methods| methods.route_layer(middleware::from_fn(known)))
}

async fn known(mut request: Request, next: Next) -> Response {
    let entered = request.extensions().get::<Entered>().cloned();
    let entered = entered.expect("every route of the API stands behind the door");
    match entered.caller {
        Ok(caller) => {
            request.extensions_mut().insert(Himself(caller));
            next.run(request).await
        }
        Err(turned) => Problem::from(turned).into_response(),
    }
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
    if needs.fresh
        && let Err(refusal) = auth::needs_fresh(&caller, entered.web.app.now())
    {
        return Problem::from(refusal).into_response();
    }
    request.extensions_mut().insert(Asker { caller, reach });
    next.run(request).await
}
