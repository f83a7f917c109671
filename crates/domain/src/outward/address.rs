//! Which addresses of the network are the world's, and which the house's.
//!
//! Source: the IANA special-purpose address registries for IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public internet.
///
/// An IPv6 address that carries another one (mapped, compatible, NAT64, 6to4, Teredo) is not public
/// whatever it carries: such a spelling serves nobody but him who hides the address inside.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether an address may be the owner's own machine: a public one, this machine, or the house's network.
///
/// Link-local addresses are never it: that is where clouds keep the keys of a machine (169.254.169.254).
pub fn is_public_or_own(address: IpAddr) -> bool {
    let own = match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || is_shared(address),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    own || is_public(address)
}

/// 100.64.0.0/10, between a provider and its customers.
const fn is_shared(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    a == 100 && b & 0xC0 == 64
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 88, 99, _]
            | [192, 175, 48, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    );
    !special && !is_shared(address)
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is given out; of it: 2001::/23 protocols (Teredo, ORCHID, benchmarks), 2001:db8::/32
    // and 3fff::/20 examples, 2002::/16 6to4, 2620:4f:8000::/48 a sink of name queries.
    match address.segments() {
        [0x2001, 0..0x200 | 0xDB8, ..]
        | [0x2002, ..]
        | [0x3FFF, 0..0x1000, ..]
        | [0x2620, 0x4F, 0x8000, ..] => false,
        [first, ..] => first & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(addresses: &[&str], is: fn(IpAddr) -> bool) -> Vec<bool> {
        addresses.iter().map(|text| is(text.parse().expect("an address"))).collect()
    }

    #[test]
    fn the_worlds_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.112.255",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2a02:6b8::feed:ff",
            "3fff:1000::1",
        ];
        assert_eq!(told(&public, is_public), vec![true; public.len()]);
        assert_eq!(told(&public, is_public_or_own), vec![true; public.len()]);
    }

    #[test]
    fn the_houses_addresses_are_the_owners_only() {
        let own = [
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.168.0.1",
            "::1",
            "fc00::1",
            "fdff:ffff::1",
        ];
        assert_eq!(told(&own, is_public), vec![false; own.len()]);
        assert_eq!(told(&own, is_public_or_own), vec![true; own.len()]);
    }

    #[test]
    fn what_is_nobodys_host_is_never_reached() {
        let nobody = [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "192.0.0.1",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.255",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:10::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::",
            "2620:4f:8000::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fe80::1",
            "fe80::a9fe:a9fe",
            "fec0::1",
            "ff02::1",
        ];
        assert_eq!(told(&nobody, is_public), vec![false; nobody.len()]);
        assert_eq!(told(&nobody, is_public_or_own), vec![false; nobody.len()]);
    }
}
