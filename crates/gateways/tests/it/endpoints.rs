//! Endpoints over the real way out.

use std::sync::Arc;

use app::endpoints::Courier;
use app::outbox::{self, Channel, Couriers, State};
use gateways::outward::{Limits, Outward, OutwardRules, Roots};
use store::outbox::Filter;
use testkit::{on_sqlite, staff};

use crate::stub::Names;

/// When it was added its name led outside; now its owner lets it lead into the house.
#[tokio::test]
async fn an_endpoint_whose_name_turns_inward_is_refused_at_sending() {
    on_sqlite(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        app::endpoints::ping(&test.app, &staff("owner"), 1).await.expect("pinged");
        let names = Names::saying(&[&["10.0.0.5", "169.254.169.254", "::1"]]);
        let outward = Outward::with(Limits::default(), Roots::System, names.clone()).expect("a client");
        let courier = Courier::new(test.app.clone(), Arc::new(outward), OutwardRules::default());
        let couriers = Couriers::default().with(Channel::Webhook, Arc::new(courier));
        assert_eq!(outbox::deliver_due(&test.app, &couriers).await.expect("tried"), 1);
        assert_eq!(names.asked(), 1);
        let shown = outbox::list(&test.app, &Filter::default(), 9).await.expect("read").remove(0);
        assert_eq!((shown.state, shown.outcome.status), (State::Waiting, None));
        let why = shown.outcome.error.expect("why");
        assert!(why.starts_with("у узла crm.example.com нет адреса в публичном интернете"), "{why}");
    })
    .await;
}
