export { connectTcp, type TcpAddress } from "./connect-tcp.ts";
export { socketTransport } from "./socket-transport.ts";
