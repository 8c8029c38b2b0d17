"""Every file of an application becomes a paper in its association's library."""

from typing import Any

from django.db import migrations

from grants.associations.shipped_papers import install_paper_types


def files_to_papers(apps: Any, schema_editor: Any) -> None:
    """One paper per association, kind and file; the newest of a kind is the current version."""
    install_paper_types(apps.get_model("grants", "PaperType"))
    paper_model = apps.get_model("grants", "Paper")
    attachment_model = apps.get_model("grants", "Attachment")
    types = {row.code: row for row in apps.get_model("grants", "PaperType").objects.all()}
    papers: dict[tuple[int, str, int], Any] = {}
    newest: dict[tuple[int, str], Any] = {}
    attached = set()
    rows = (
        attachment_model.objects.filter(paper=None).select_related("application").order_by("added_at", "pk")
    )
    for row in rows.iterator():
        owner = row.application.association_id
        paper_type = types.get(row.kind, types["ovrigt"])
        key = (owner, paper_type.code, row.stored_file_id)
        if key not in papers:
            before = newest.get(key[:2])
            papers[key] = newest[key[:2]] = paper_model.objects.create(
                association_id=owner,
                type=paper_type,
                version=before.version + 1 if before else 1,
                filename=row.filename,
                stored_file_id=row.stored_file_id,
                added_by_id=row.added_by_id,
                added_at=row.added_at,
            )
            if before is not None and not paper_type.stands_beside:
                before.replaced_by = papers[key]
                before.save(update_fields=["replaced_by"])
        if (row.application_id, papers[key].pk) in attached:
            row.delete()  # the same file attached twice as the same kind
            continue
        attached.add((row.application_id, papers[key].pk))
        row.paper = papers[key]
        row.save(update_fields=["paper"])


class Migration(migrations.Migration):
    dependencies = [("grants", "0008_papers")]

    operations = [migrations.RunPython(files_to_papers, migrations.RunPython.noop, elidable=False)]
