"""/nerbot project and /nerbot roles."""

from bot.domain.roles import Role
from bot.projects import projects, roles
from bot.projects.commands import ShowProject, ShowRoles, UseProject
from bot.projects.entries import subcommand
from bot.projects.parsing import read_name, read_new_project, read_role, read_settings
from bot.projects.use_cases import reads, writes
from bot.projects.views import project_view, roles_view
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import without_more

SUBCOMMANDS = (
    subcommand(
        ("project", "projects"),
        without_more(ShowProject(), "/nerbot project has no command “{text}”."),
        reads(projects.show),
        project_view,
        HelpLine("/nerbot project", "which project this channel uses, and its settings"),
        alone=("project list", "projects list", "project settings", "projects settings"),
    ),
    subcommand(
        ("project new", "projects new"),
        read_new_project,
        writes(projects.make),
        project_view,
        HelpLine(
            "/nerbot project new NAME",
            "makes a project with labels, sentences and models of its own",
        ),
        HelpLine(
            "/nerbot project new NAME language german",
            "the same for texts in another language: words are split by its rules",
        ),
    ),
    subcommand(
        ("project use", "projects use"),
        read_name(UseProject),
        writes(projects.use),
        project_view,
        HelpLine("/nerbot project use NAME", "lets this channel use it", Role.OWNER),
    ),
    subcommand(
        ("project settings", "projects settings"),
        read_settings,
        writes(projects.change),
        project_view,
        HelpLine(
            "/nerbot project settings annotations 2 random 25",
            "two people label each sentence; a quarter of the queue is random",
        ),
        HelpLine(
            "/nerbot project settings second 30",
            "a second person labels 30 % of the finished sentences, blind: those that are most probably wrong",
        ),
        HelpLine(
            "/nerbot project settings confidence 80",
            "suggestions below 80 % are pointed out, and Accept is not the first choice",
        ),
        HelpLine(
            "/nerbot project settings redact PERSON,PHONE",
            "masks these in imported texts and watched messages before they are stored; off: masks nothing",
        ),
        HelpLine(
            "/nerbot project settings closed",
            "only people of its channels see it; open: everybody does",
        ),
        HelpLine(
            "/nerbot project settings messages 30 rereads on",
            "keeps texts of watched messages for 30 days; a new live model reads them again",
        ),
        HelpLine(
            "/nerbot project settings guests on",
            "lets in people of other workspaces (Slack Connect); off: does not",
        ),
    ),
)

ROLES = (
    subcommand(
        ("roles",),
        without_more(ShowRoles(), "/nerbot roles has no command “{text}”."),
        reads(roles.show),
        roles_view,
        HelpLine("/nerbot roles", "who can do what"),
    ),
    subcommand(
        ("roles owner", "roles reviewer", "roles remove"),
        read_role,
        writes(roles.give),
        roles_view,
        HelpLine("/nerbot roles reviewer @person", "or owner, or remove"),
    ),
)
"""Shown at the end of help."""
