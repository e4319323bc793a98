#!/bin/sh
# The server's packages on npm have no client programs. A server that takes connections has a listening socket.
exec node -e "require('net').connect(5432, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(2))"
