//! Which addresses may be reached when the host comes from outside: none of this machine, none of the networks around it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Holds the addresses that a host's name leads to against what may be reached.
///
/// It is asked after the name is resolved and before anything connects, and the connection goes to the addresses that it
/// saw: a name that leads elsewhere the second time gains nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    loopback: bool,
}

impl Guard {
    /// Only what the whole internet can reach.
    #[must_use]
    pub const fn public() -> Self {
        Self { loopback: false }
    }

    /// The same and this machine's own loopback, which is where the fakes of tests listen. Other private addresses stay
    /// out of reach.
    #[must_use]
    pub const fn with_loopback() -> Self {
        Self { loopback: true }
    }

    /// Whether `ip` may be reached.
    #[must_use]
    pub fn allows(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        (self.loopback && ip.is_loopback())
            || match ip {
                IpAddr::V4(ip) => is_public(ip),
                IpAddr::V6(ip) => is_public_v6(ip),
            }
    }
}

/// By the IANA registry of special-purpose IPv4 addresses.
fn is_public(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let special = ip.is_unspecified()
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || first == 0
        // Shared by providers (RFC 6598), of protocols (RFC 6890), relays of 6to4, benchmarks (RFC 2544), reserved.
        || (first == 100 && (64..128).contains(&second))
        || (first, second, third) == (192, 0, 0)
        || (first, second, third) == (192, 88, 99)
        || (first == 198 && (18..20).contains(&second))
        || first >= 240;
    !special
}

/// Global unicast alone, without what leads back to IPv4 by another name.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, fourth, fifth, sixth, high, low] = ip.segments();
    // A network without IPv4 of its own reaches it by such addresses (NAT64, RFC 6052): the last 32 bits are the address.
    if [first, second, third, fourth, fifth, sixth] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    }
    let global = (0x2000..0x4000).contains(&first);
    // Teredo and other protocols of 2001::/23, documentation, 6to4.
    let special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) || first == 0x2002 || first == 0x3fff;
    global && !special
}

/// A host leads to an address that may not be reached.
#[derive(Debug)]
pub(super) struct Private {
    pub(super) host: String,
}

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is an address of a private network", self.host)
    }
}

impl std::error::Error for Private {}

/// Resolves names as ever, and holds what comes out against a guard.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) guard: Guard,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        // The proxy is whoever's who runs the program.
        let of_proxy = config.proxy().is_some_and(|proxy| proxy.uri() == uri);
        if of_proxy || found.iter().all(|address| self.guard.allows(address.ip())) {
            return Ok(found);
        }
        let host = uri.host().unwrap_or_default().to_owned();
        Err(ureq::Error::Other(Box::new(Private { host })))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Client, Interruption, Limits};
    use super::*;
    use crate::ffmpeg::Cancel;

    #[test]
    fn a_name_is_held_to_the_address_that_it_leads_to() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"] {
            let client = Client::guarded(&format!("http://{host}:{port}/"), Guard::public(), &Limits::default());
            let answer = client.get(&[], &[], &Cancel::new()).map(|_| ());
            assert!(matches!(answer, Err(Interruption::Private(_))), "{host}: {answer:?}");
        }
        listener.set_nonblocking(true).expect("possible");
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[test]
    fn what_is_not_on_the_internet_is_out_of_reach() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::101:101",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            let ip: IpAddr = private.parse().expect("an address");
            assert!(!Guard::public().allows(ip), "{private}");
            assert_eq!(Guard::with_loopback().allows(ip), ip.to_canonical().is_loopback(), "{private}");
        }
        for public in
            ["1.1.1.1", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::101:101"]
        {
            assert!(Guard::public().allows(public.parse().expect("an address")), "{public}");
        }
    }
}
