import type { Agent as AgentType, buildConnector as Connector, Dispatcher as DispatcherType } from 'undici'
import AgentClass from 'undici/lib/dispatcher/agent.js'
import connectorBuilder from 'undici/lib/core/connect.js'

/** The parts of undici that are used here: all of it would take 20 MiB and a tenth of a second at every start. */
export const Agent = AgentClass as typeof AgentType
export const buildConnector = connectorBuilder as typeof Connector

export type Agent = AgentType
export type Dispatcher = DispatcherType
/** Makes one connection. */
export type Connect = Connector.connector
export type ConnectOptions = Connector.Options
