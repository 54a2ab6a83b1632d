"""Loads plug-ins: the default policies, installed packages and the modules that settings name."""

import importlib
from collections.abc import Sequence

import pluggy

from dunwell.domain.errors import BadInput
from dunwell.plugins import defaults, specs


def plugin_manager(modules: Sequence[str] = ()) -> pluggy.PluginManager:
    """All hooks with their implementations; a misspelt hook or a missing module is an error."""
    manager = pluggy.PluginManager(specs.PROJECT)
    manager.add_hookspecs(specs)
    manager.register(defaults, "default policies")
    manager.load_setuptools_entrypoints(specs.PROJECT)
    for name in modules:
        try:
            module = importlib.import_module(name)
        except Exception as failure:
            raise BadInput(
                f"The plug-in module {name!r} can't be imported: {failure}."
                f" Check DUNWELL_PLUGINS and that the module is installed."
            ) from failure
        try:
            manager.register(module, name)
        except pluggy.PluginValidationError as failure:
            raise BadInput(f"The plug-in {name!r} doesn't fit its hook: {failure}") from failure
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as failure:
        # pluggy holds the misspelt ones too, without a specification
        hooks = (name for name, hook in vars(manager.hook).items() if getattr(hook, "spec", None))
        known = ", ".join(sorted(hooks))
        raise BadInput(f"{failure}. The hooks are: {known}.") from failure
    return manager


def fingerprint(manager: pluggy.PluginManager) -> str:
    """The names of the plug-ins besides the defaults: when they change, everything is examined.
    Connectors bring rows and decide nothing, so one that does only that doesn't count.
    """
    names = (
        name
        for name, plugin in manager.list_name_plugin()
        if plugin is not defaults and not _only_connects(manager, plugin)
    )
    return ", ".join(sorted(names))


def _only_connects(manager: pluggy.PluginManager, plugin: object) -> bool:
    callers = manager.get_hookcallers(plugin) or ()
    return {caller.name for caller in callers} == {"connectors"}
