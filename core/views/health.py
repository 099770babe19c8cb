"""Is the process alive, and may it be sent work."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from redis.exceptions import RedisError

from core import files, replica


def healthz(request):
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request):
    """200 when database, migrations, broker and shared folder (if any) are in order; 503 with what is not. Without its replica
    a node is ready: reports read the primary then."""
    states = {"database": "ok", "migrations": "ok", "broker": "none", "replica": "unknown"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            states["migrations"] = "missing"
        states["replica"] = replica.state()
    except DatabaseError:
        states |= {"database": "down", "migrations": "unknown"}
    if settings.REDIS_URL:
        try:
            cache.get("readyz")
            states["broker"] = "ok"
        except (RedisError, OSError):
            states["broker"] = "down"
    states["files"] = files.where()
    is_down = states["broker"] == "down" or states["files"] == "not shared"
    ready = states["database"] == states["migrations"] == "ok" and not is_down
    return JsonResponse({"ready": ready, **states}, status=200 if ready else 503)
