namespace Rx.JsonRpc.Kamailio;

/// <summary>A Kamailio configuration is larger, once it is put together, than what is read of one.</summary>
internal sealed class ScriptLimitException(ScriptPlace place, string limit) : Exception($"{place}: {limit}");
