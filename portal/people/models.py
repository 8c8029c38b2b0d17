"""People who sign in, and the staff roles they hold."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does for the city. People of associations hold none: see `grants.Membership`."""

    CASE_OFFICER = "case_officer", _("Case officer")
    SECRETARY = "secretary", _("Committee secretary")
    CHAIR = "chair", _("Chair")
    MEMBER = "member", _("Committee member")
    SECOND_READER = "second_reader", _("Second reader")
    UNIT_CONTACT = "unit_contact", _("Contact of a unit")
    HEAD = "head", _("Head of unit or director")
    FINANCE = "finance", _("Finance officer")
    REGISTRAR = "registrar", _("Registrar")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Data protection officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("System administrator")


#: Roles that follow cases through registry, assessment and committee.
ADMINISTRATION_ROLES = frozenset({Role.CASE_OFFICER, Role.SECRETARY, Role.HEAD})
#: Roles that read the committee's papers.
COMMITTEE_ROLES = frozenset({Role.CHAIR, Role.MEMBER, Role.SECRETARY})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who signs in with an e-mail address; no password means none works yet."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def holding(self, *roles: str) -> models.QuerySet[User]:
        """People who sign in and hold one of the roles today; a role that has ended counts no more."""
        held = RoleAssignment.objects.held_on(timezone.localdate()).filter(role__in=roles)
        return self.filter(is_active=True, pk__in=held.values("user"))

    def visible_to(self, user: Any) -> models.QuerySet[User]:
        """A person sees their own account; administrators those of people who have or had a role."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(pk=user.pk)
        if user.has_role(Role.ADMINISTRATOR):
            return self.filter(own | models.Q(pk__in=RoleAssignment.objects.values("user")))
        return self.filter(own)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in. `display_name` is what colleagues see; the demo uses roles, never names."""

    email = models.EmailField(_("E-mail address"), unique=True)
    display_name = models.CharField(_("Name"), max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    #: How the person signed in, in the visit at hand: see `portal.people.sign_in_method`.
    sign_in_method: str = ""
    #: The association chosen to act for, while a page is made: see `grants.associations.acting`.
    acting_for: int | None = None

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="people_user_email_unique")]

    def __str__(self) -> str:
        return self.display_name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """The staff roles held today, read once per request."""
        held = self.role_assignments.held_on(timezone.localdate())
        return frozenset(held.values_list("role", flat=True))

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))

    @property
    def is_staff(self) -> bool:
        """Whether the person works for, or sits in, the city's administration or committee."""
        return bool(self.roles)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def visible_to(self, user: Any) -> RoleAssignmentQuerySet:
        """A person sees their own roles, administrators all."""
        if not user.is_authenticated:
            return self.none()
        return self if user.has_role(Role.ADMINISTRATOR) else self.filter(user_id=user.pk)

    def held_on(self, day: date) -> RoleAssignmentQuerySet:
        """The roles held on a day (Europe/Stockholm); an end counts to the end of its day."""
        begun = models.Q(valid_from=None) | models.Q(valid_from__lte=day)
        return self.filter(begun).filter(models.Q(valid_until=None) | models.Q(valid_until__gte=day))


class RoleAssignment(models.Model):
    """One role held by one person; for a time where the city elects people for one."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=Role.choices)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(valid_from=None),
                name="people_role_held_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "valid_from"], name="people_role_begins_once_a_day"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="people_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class PersonalNumberQuerySet(models.QuerySet["PersonalNumber"]):
    def visible_to(self, user: Any) -> PersonalNumberQuerySet:
        """Nobody: no page shows any."""
        return self.none()


class PersonalNumber(models.Model):
    """A person's personnummer as their e-identity says, sealed: see `portal.people.personal_numbers`."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    sealed = models.TextField()
    confirmed_at = models.DateTimeField()

    objects = PersonalNumberQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}"


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: Any) -> UnitQuerySet:
        """Which units the administration has is public."""
        return self

    def with_contact(self, user: Any) -> UnitQuerySet:
        """The units that the person answers for."""
        return self.filter(contacts__user_id=user.pk)


class Unit(models.Model):
    """A unit of the administration (verksamhet) that meets the same people as associations do."""

    name = models.CharField(_("Name"), max_length=100, unique=True)
    is_active = models.BooleanField(default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UnitContactQuerySet(models.QuerySet["UnitContact"]):
    def visible_to(self, user: Any) -> UnitContactQuerySet:
        """A person sees for which units they answer."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class UnitContact(models.Model):
    """A person who answers for a unit; they hold the role `UNIT_CONTACT` too."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contacts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="unit_contacts")

    objects = UnitContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "user"], name="people_contact_once_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.user_id}"


# Below what it refers to.
from portal.people.audit_event import AuditEvent  # noqa: E402

__all__ = [
    "ADMINISTRATION_ROLES",
    "COMMITTEE_ROLES",
    "AuditEvent",
    "Role",
    "RoleAssignment",
    "Unit",
    "UnitContact",
    "User",
]
