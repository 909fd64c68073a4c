#!/bin/sh
# SPDX-License-Identifier: MIT
# RabbitMQ with its management plugin, both on 0.0.0.0; by default AMQP has both
# families, and management IPv4 alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='RabbitMQ with management' FAMILY='Message brokers' PORT=5672 RULE='5672 15672'
PACKAGES='apt:rabbitmq-server apt:amqp-tools' START_SECONDS=60 CLIENT_SECONDS=20 FORM_SECONDS=400

version() {
    dpkg-query -W -f '${Version}' rabbitmq-server
}

# Not the wrapper, which insists on being root or a user of its own.
broker() { # CONFIGURATION LINE...
    {
        echo 'loopback_users = none'
        echo 'log.console = true'
        printf '%s\n' "$@"
    } >"$DIR/rabbitmq.conf"
    echo '[rabbitmq_management].' >"$DIR/enabled_plugins"
    as_user env RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_CONFIG_FILE="$DIR/rabbitmq.conf" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$DIR/enabled_plugins" RABBITMQ_MNESIA_BASE="$DIR/mnesia" \
        RABBITMQ_LOG_BASE="$DIR/log" RABBITMQ_LOGS=- ERL_EPMD_ADDRESS=127.0.0.1 \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}

ipv4_only() {
    broker 'listeners.tcp.1 = 0.0.0.0:5672' 'management.tcp.ip = 0.0.0.0' 'management.tcp.port = 15672'
}

by_default() {
    management=''
    broker
}

management=yes

# A message goes in and comes out over AMQP; the management's API sees the queue.
work() { # HOST
    amqp=amqp://guest:guest@$(at "$1"):$PORT
    client amqp-declare-queue -u "$amqp" -q work >/dev/null &&
        client amqp-publish -u "$amqp" -r work -b "for $1" &&
        client amqp-get -u "$amqp" -q work | grep -qx "for $1" &&
        { [ -z "$management" ] || PORT=15672 http "$1" /api/queues/%2F/work --user guest:guest | grep -q '"name":"work"'; }
}

peer() { # HOST
    client amqp-declare-queue -u "amqp://guest:guest@$(at "$1"):$PORT" -q work >/dev/null &&
        grep -a 'accepting AMQP connection' "$LOG" | sed 's/.*(\(.*\):[0-9]* -> .*/\1/' | tail -n 1 |
        sed 's/^\[*//; s/\]*$//; s/^::ffff://'
}

row
