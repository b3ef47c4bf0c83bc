/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/owner.h"

#include "model/core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MOST_BYTES 400

struct _SagOwner
{
  int   fd;
  char *path;
};

/* statfs(2): file systems whose files lie on another machine. */
gboolean
sag_owner_is_network (const char *path)
{
  static const guint32 types[] = {
    0x6969,     /* NFS */
    0x517b,     /* SMB */
    0xff534d42, /* CIFS */
    0xfe534d42, /* SMB2 */
    0x01021997, /* 9P */
    0x65735546, /* FUSE: sshfs and the like */
    0x5346414f, /* AFS */
    0x00c36400, /* Ceph */
    0x73757245, /* Coda */
    0x0bd00bd0, /* Lustre */
    0x47504653, /* GPFS */
    0x7461636f, /* OCFS2 */
  };
  g_autofree char *folder = g_path_get_dirname (path);
  struct statfs    fs;

  if (statfs (folder, &fs) != 0)
    return FALSE;
  for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
    if ((guint32) fs.f_type == types[t])
      return TRUE;
  return FALSE;
}

/* The name still leads to the file that is open: whoever had it before may have removed it. */
static gboolean
is_same_file (int fd, const char *path)
{
  struct stat open_file, named;

  return fstat (fd, &open_file) == 0 && stat (path, &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

static char *
read_who (int fd)
{
  char          text[MOST_BYTES + 1] = "";
  const ssize_t n = pread (fd, text, MOST_BYTES, 0);

  text[MAX (n, 0)] = 0;
  g_strstrip (text);
  return *text != 0 ? g_utf8_make_valid (text, -1) : g_strdup ("somebody else");
}

static void
write_who (int fd, const char *reader)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *since = now != NULL ? g_date_time_format (now, "%Y-%m-%d %H:%M") : NULL;
  g_autofree char *text = g_strdup_printf ("%s on %s, since %s\n", reader, g_get_host_name (),
                                           since != NULL ? since : "just now");

  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, MIN (strlen (text), MOST_BYTES), 0) < 0)
    g_debug ("The owner's name could not be written: %s", g_strerror (errno));
}

SagOwner *
sag_owner_take (const char *project, const char *reader, char **who, GError **error)
{
  g_autofree char *path = g_strconcat (project, ".owner", NULL);
  g_autofree char *name = sag_file_dup_display_name (project);

  *who = NULL;
  for (int tries = 0; tries < 100; tries++)
    {
      const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      SagOwner *owner;

      if (fd < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       "%s cannot be written: its folder takes no file (%s).", name,
                       g_strerror (errno));
          return NULL;
        }
      if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
          const int code = errno;

          if (code == EWOULDBLOCK)
            *who = read_who (fd);
          else
            g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                         "%s cannot be written here: the share knows no locks (%s). Copy the "
                         "project to a local disk.",
                         name, g_strerror (code));
          close (fd);
          return NULL;
        }
      if (!is_same_file (fd, path))
        {
          close (fd);
          continue;
        }
      write_who (fd, reader);
      owner = g_new (SagOwner, 1);
      owner->fd = fd;
      owner->path = g_steal_pointer (&path);
      return owner;
    }
  *who = g_strdup ("somebody else");
  return NULL;
}

void
sag_owner_free (SagOwner *owner)
{
  if (owner == NULL)
    return;
  if (is_same_file (owner->fd, owner->path))
    unlink (owner->path);
  close (owner->fd);
  g_free (owner->path);
  g_free (owner);
}
