//! The settings of partners' links, and of where and behind what the program stands.

use std::collections::BTreeMap;

use domain::lang::{Lang, Text};
use domain::link::{Destination, Destinations, Erid, LinkKey, PublicUrl, TargetName, Window};
use figment::value::Value;
use secrecy::ExposeSecret;
use web::limits::Proxies;

use super::Reader;

/// How the links of partners behave.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkSettings {
    pub(crate) window: Window,
    pub(crate) destinations: Destinations,
    /// `None`: what the keys for secrets give, or a key of this process, forgotten with it.
    pub(crate) key: Option<LinkKey>,
}

/// The shortest secret from which a key is derived, in characters.
const SHORTEST_KEY: usize = 32;

impl Reader {
    /// Where the program is reached from outside, if it is said.
    pub(super) fn public_url(&mut self) -> Option<PublicUrl> {
        self.read("http.public_url", PublicUrl::parse)
    }

    /// The proxies that are believed whom they speak for.
    pub(super) fn proxies(&mut self) -> Proxies {
        let texts = self.list("http.trusted_proxies");
        let parsed = Proxies::parse(texts.iter().map(ExposeSecret::expose_secret));
        parsed.unwrap_or_else(|problem| {
            self.mistake("http.trusted_proxies", Text::from(problem).in_lang(Lang::Ru));
            Proxies::default()
        })
    }

    pub(super) fn links(&mut self) -> LinkSettings {
        let window = self.read("links.window_days", |text| {
            let days = text.parse().map_err(|_| Text::new(format!("{text:?} — не число дней"), ""))?;
            Window::days(days).map_err(Text::from)
        });
        let usual = Destinations::default();
        let destinations = Destinations {
            shop: self.read("links.shop_url", Destination::parse).unwrap_or(usual.shop),
            named: self.targets(),
            erid: self.read("links.erid", Erid::parse),
        };
        let key = self.read("links.cookie_key", |text| {
            if text.chars().count() < SHORTEST_KEY {
                return Err(Text::new(format!("нужно не меньше {SHORTEST_KEY} знаков"), ""));
            }
            Ok(LinkKey::derive(text.as_bytes()))
        });
        LinkSettings { window: window.unwrap_or_default(), destinations, key }
    }

    /// A table of names and addresses in the file; `name=address, …` in the environment.
    fn targets(&mut self) -> BTreeMap<TargetName, Destination> {
        let told: Vec<(String, String)> = match self.value("links.targets") {
            None => Vec::new(),
            Some(Value::Dict(_, targets)) => {
                let pairs = targets.iter();
                pairs.map(|(name, url)| (name.clone(), url.as_str().unwrap_or_default().to_owned())).collect()
            }
            Some(_) => {
                let texts = self.list("links.targets");
                let pair = |text: &str| {
                    let (name, url) = text.split_once('=').unwrap_or((text, ""));
                    (name.trim().to_owned(), url.trim().to_owned())
                };
                texts.iter().map(|text| pair(text.expose_secret())).collect()
            }
        };
        let mut targets = BTreeMap::new();
        for (name, url) in told {
            let target = TargetName::parse(&name).map_err(Text::from);
            match target.and_then(|name| Ok((name, Destination::parse(&url).map_err(Text::from)?))) {
                Ok((name, destination)) => drop(targets.insert(name, destination)),
                Err(problem) => self.mistake("links.targets", problem.in_lang(Lang::Ru)),
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use domain::link::Utm;
    use domain::partner::ReferralCode;

    use crate::config::tests::read;

    #[test]
    fn links_lead_where_the_settings_say() {
        let file = "[http]\npublic_url = \"https://office.example/\"\n[links]\nwindow_days = 7\nshop_url = \"https://shop.example/join\"\nerid = \"2Vtzqx\"\n[links.targets]\nbot = \"https://t.me/shop_bot?start={code}\"";
        let settings = read(file).expect("right");
        assert_eq!(settings.public_url.expect("it is said").to_string(), "https://office.example");
        assert_eq!(settings.links.window.seconds(), 7 * 86_400);
        let code = ReferralCode::parse("ABCDEFGH").expect("a code");
        let address = |to| settings.links.destinations.address(to, &code, &Utm::default());
        assert_eq!(address(None), "https://shop.example/join?ref=ABCDEFGH&erid=2Vtzqx");
        assert_eq!(address(Some("bot")), "https://t.me/shop_bot?start=ABCDEFGH&erid=2Vtzqx");
        let line = "[links]\ntargets = \"bot=https://t.me/shop_bot?start={code}, app=https://app.example/\"";
        assert_eq!(
            read(line).expect("right").links.destinations.named.len(),
            2,
            "as the environment says it"
        );
    }

    #[test]
    fn what_is_wrong_with_links_is_told_by_its_setting() {
        let file = "[http]\npublic_url = \"http://office.example\"\ntrusted_proxies = [\"localhost\"]\n[links]\nwindow_days = 0\nshop_url = \"javascript:1\"\nerid = \"a b\"\ncookie_key = \"short-secret\"\n[links.targets]\nBot = \"https://t.me\"\napp = \"//evil.example\"";
        let told = read(file).expect_err("everything is wrong").to_string();
        for key in [
            "http.public_url",
            "http.trusted_proxies",
            "links.window_days",
            "links.shop_url",
            "links.erid",
            "links.cookie_key",
        ] {
            assert_eq!(told.matches(&format!("{key} (")).count(), 1, "{key} in {told}");
        }
        assert_eq!(told.matches("links.targets (").count(), 2, "{told}");
        assert!(!told.contains("short-secret"), "secrets are never repeated");
    }

    #[test]
    fn without_settings_links_lead_to_the_shop_for_thirty_days() {
        let settings = read("").expect("right");
        assert_eq!(settings.links.window.seconds(), 30 * 86_400);
        assert!(settings.public_url.is_none() && settings.links.key.is_none());
    }
}
