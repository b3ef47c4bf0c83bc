/* SPDX-License-Identifier: Apache-2.0 */

/* A prepared-data cache. An entry is a file KEY.sagcache:
 *
 *   OFFSET  SIZE  MEANING
 *   0       8     "SagCach1"
 *   8       4     uint32: number of sections, at most 16
 *   12      40 each: a section: tag (4), zero (4), then uint64: bytes, bytes in this file, offset, hash of the bytes
 *   ...           the sections, each one zstd frame
 *
 * All little endian. hashes/KEY holds the hash of a file that lay where KEY, a hash of its place and times, says:
 * no path of anybody is written here.
 */

#include "model/dataset/cache.h"

#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/dicom/dicom.h"
#include "model/dicom/find.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define LEVEL 1
#define MAGIC "SagCach1"
#define MOST_SECTIONS 16
#define SECTION_BYTES 40
#define MOST_BYTES ((guint64) 1 << 32)
#define SUFFIX ".sagcache"
#define KEY_LENGTH 64
#define REMAINS_S 3600 /* nobody writes an entry for so long */

struct _SagCache
{
  char   *folder;
  char   *hashes;
  guint64 limit_bytes;
};

SagCache *
sag_cache_new (const char *folder, guint64 limit_bytes, GError **error)
{
  g_autoptr (SagCache) self = g_new0 (SagCache, 1);

  self->folder = g_canonicalize_filename (folder, NULL);
  self->hashes = g_build_filename (self->folder, "hashes", NULL);
  self->limit_bytes = limit_bytes;
  if (g_mkdir_with_parents (self->hashes, 0700) == 0)
    return g_steal_pointer (&self);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               "The cache %s cannot be made: %s; choose another folder with --cache.", folder,
               g_strerror (errno));
  return NULL;
}

void
sag_cache_free (SagCache *cache)
{
  if (cache == NULL)
    return;
  g_free (cache->folder);
  g_free (cache->hashes);
  g_free (cache);
}

static char *
dup_path (const SagCache *self, const char *key)
{
  g_autofree char *name = g_strconcat (key, SUFFIX, NULL);

  return g_build_filename (self->folder, name, NULL);
}

static guint64
hash_bytes (const void *data, gsize size_bytes)
{
  g_autofree char *hex = sag_hash_voxels (data, size_bytes);

  hex[16] = '\0';
  return g_ascii_strtoull (hex, NULL, 16);
}

static void
put (guint8 *to, guint64 value, gsize n_bytes)
{
  for (gsize b = 0; b < n_bytes; b++)
    to[b] = (guint8) (value >> (8 * b));
}

static guint64
get (const guint8 *from, gsize n_bytes)
{
  guint64 value = 0;

  for (gsize b = 0; b < n_bytes; b++)
    value |= (guint64) from[b] << (8 * b);
  return value;
}

gboolean
sag_cache_save (SagCache              *cache,
                const char            *key,
                const SagCacheSection *sections,
                gsize                  n_sections,
                GError               **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize header = strlen (MAGIC) + 4 + SECTION_BYTES * n_sections;

  g_return_val_if_fail (n_sections <= MOST_SECTIONS, FALSE);
  path = dup_path (cache, key);
  g_byte_array_set_size (bytes, (guint) header);
  memset (bytes->data, 0, header);
  memcpy (bytes->data, MAGIC, strlen (MAGIC));
  put (bytes->data + strlen (MAGIC), n_sections, 4);
  for (gsize s = 0; s < n_sections; s++)
    {
      const SagCacheSection *section = &sections[s];
      gsize                  room = ZSTD_compressBound (section->size_bytes), used = bytes->len;
      gsize                  packed;
      guint8                *entry;

      g_byte_array_set_size (bytes, (guint) (used + room));
      packed = ZSTD_compress (bytes->data + used, room, section->data, section->size_bytes, LEVEL);
      if (ZSTD_isError (packed))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       "A prepared scan could not be compressed: %s.", ZSTD_getErrorName (packed));
          return FALSE;
        }
      g_byte_array_set_size (bytes, (guint) (used + packed));
      entry = bytes->data + strlen (MAGIC) + 4 + SECTION_BYTES * s;
      memcpy (entry, section->tag, 4);
      put (entry + 8, section->size_bytes, 8);
      put (entry + 16, packed, 8);
      put (entry + 24, used, 8);
      put (entry + 32, hash_bytes (section->data, section->size_bytes), 8);
    }
  return sag_file_save_unsynced (path, bytes->data, bytes->len, error);
}

static gboolean
read_at (int fd, void *data, gsize size_bytes, guint64 offset)
{
  guint8 *to = data;

  while (size_bytes > 0)
    {
      gssize got = pread (fd, to, size_bytes, (off_t) offset);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      to += got;
      offset += (guint64) got;
      size_bytes -= (gsize) got;
    }
  return TRUE;
}

static void *
load_section (int fd, const char *tag, gsize *size_bytes)
{
  guint8           head[12 + SECTION_BYTES * MOST_SECTIONS], *entry = head + 12;
  guint64          n, size, packed, at;
  struct stat      info;
  g_autofree void *in = NULL;
  g_autofree void *out = NULL;

  if (fstat (fd, &info) != 0 || !read_at (fd, head, 12, 0) ||
      memcmp (head, MAGIC, strlen (MAGIC)) != 0)
    return NULL;
  n = get (head + 8, 4);
  if (n > MOST_SECTIONS || !read_at (fd, entry, SECTION_BYTES * n, 12))
    return NULL;
  while (n > 0 && memcmp (entry, tag, 4) != 0)
    {
      entry += SECTION_BYTES;
      n--;
    }
  if (n == 0)
    return NULL;
  size = get (entry + 8, 8);
  packed = get (entry + 16, 8);
  at = get (entry + 24, 8);
  if (size > MOST_BYTES || packed > (guint64) info.st_size || at > (guint64) info.st_size - packed)
    return NULL;
  in = g_try_malloc (packed);
  out = g_try_malloc (size + 1);
  if (in == NULL || out == NULL || !read_at (fd, in, packed, at) ||
      ZSTD_decompress (out, size, in, packed) != size ||
      hash_bytes (out, size) != get (entry + 32, 8))
    return NULL;
  *size_bytes = size;
  return g_steal_pointer (&out);
}

void *
sag_cache_load (SagCache *cache, const char *key, const char *tag, gsize *size_bytes)
{
  g_autofree char *path = dup_path (cache, key);
  int              fd = open (path, O_RDONLY | O_CLOEXEC);
  void            *data;

  if (fd < 0)
    return NULL;
  data = load_section (fd, tag, size_bytes);
  futimens (fd, NULL); /* in use: others' runs trim what is older first */
  close (fd);
  return data;
}

gboolean
sag_cache_has (SagCache *cache, const char *key)
{
  g_autofree char *path = dup_path (cache, key);

  return utimensat (AT_FDCWD, path, NULL, 0) == 0;
}

void
sag_cache_remove (SagCache *cache, const char *key)
{
  g_autofree char *path = dup_path (cache, key);

  g_unlink (path);
}

typedef struct
{
  char   *path;
  guint64 size_bytes;
  gint64  used;
} Entry;

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  return x->used < y->used ? -1 : x->used > y->used;
}

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->path);
}

/* Every entry, the one that was used longest ago first. @total: of those that were used since */
static GArray *
list_entries (SagCache *cache, gint64 since_s, guint64 *total)
{
  g_autoptr (GDir) dir = g_dir_open (cache->folder, 0, NULL);
  GArray     *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  const char *name;

  *total = 0;
  g_array_set_clear_func (entries, entry_clear);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (cache->folder, name, NULL);
      GStatBuf         info;
      Entry            entry;

      if (!g_str_has_suffix (name, SUFFIX) || g_stat (path, &info) != 0)
        continue;
      entry = (Entry){ g_steal_pointer (&path), (guint64) info.st_size, info.st_mtime };
      *total += entry.used >= since_s ? entry.size_bytes : 0;
      g_array_append_val (entries, entry);
    }
  g_array_sort (entries, compare_entries);
  return entries;
}

guint64
sag_cache_measure (SagCache *cache, gint64 since_s)
{
  guint64 total;

  g_array_unref (list_entries (cache, since_s, &total));
  return total;
}

/* What programs were writing when they were killed. */
static void
remove_remains (const char *folder, const char *mark)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64      now_s = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf         info;

      if (strstr (name, mark) != NULL && g_stat (path, &info) == 0 &&
          now_s - info.st_mtime > REMAINS_S)
        g_unlink (path);
    }
}

guint64
sag_cache_trim (SagCache *cache)
{
  guint64 total;
  g_autoptr (GArray) entries = list_entries (cache, G_MININT64, &total);

  remove_remains (cache->folder, SUFFIX ".");
  remove_remains (cache->hashes, ".");
  for (guint i = 0; i < entries->len && total > cache->limit_bytes; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (g_unlink (entry->path) == 0)
        total -= entry->size_bytes;
    }
  return total;
}

static char *
fail (const char *path, GError **error)
{
  int              code = errno;
  g_autofree char *name = sag_file_dup_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "%s cannot be opened: %s; the manifest's paths start at its own folder.", name,
               g_strerror (code));
  return NULL;
}

/* What tells that a file is as it was. */
static void
add_stamp (GString *stamp, const char *path, const GStatBuf *info)
{
  g_string_append_printf (stamp, "%s %lld %lld.%ld %lld.%ld %lld\n", path,
                          (long long) info->st_size, (long long) info->st_mtim.tv_sec,
                          info->st_mtim.tv_nsec, (long long) info->st_ctim.tv_sec,
                          info->st_ctim.tv_nsec, (long long) info->st_ino);
}

static char *
hash_files (const GPtrArray *files, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *one = sag_hash_file_sha256 (files->pdata[i], NULL, error);

      if (one == NULL)
        return NULL;
      if (files->len == 1)
        return g_steal_pointer (&one);
      g_string_append (all, one);
    }
  return sag_hash_sha256 (all->str, all->len);
}

static gboolean
is_key (const char *text, gsize length)
{
  return length == KEY_LENGTH && strspn (text, "0123456789abcdef") == KEY_LENGTH;
}

/* As sag_cache_dup_file_key(), of what is a file or a folder. */
static char *
dup_key (SagCache *cache, const char *path, GError **error)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GString) place = g_string_new (NULL);
  g_autofree char *stamp = NULL;
  g_autofree char *remembered = NULL;
  char            *key = NULL;
  gsize            length;
  GStatBuf         info;

  if (g_stat (path, &info) != 0)
    return fail (path, error);
  files = sag_dicom_list_files (path, error);
  if (files == NULL)
    return NULL;
  for (guint i = 0; i < files->len; i++)
    {
      if (g_stat (files->pdata[i], &info) != 0)
        return fail (files->pdata[i], error);
      add_stamp (place, files->pdata[i], &info);
    }
  stamp = sag_hash_voxels (place->str, place->len);
  remembered = g_build_filename (cache->hashes, stamp, NULL);
  if (g_file_get_contents (remembered, &key, &length, NULL) && is_key (key, length))
    return key;
  g_free (key);
  key = hash_files (files, error);
  if (key != NULL)
    sag_file_save_unsynced (remembered, key, KEY_LENGTH, NULL);
  return key;
}

char *
sag_cache_dup_file_key (SagCache *cache, const char *path, GError **error)
{
  g_autofree char *series = NULL;
  g_autofree char *place = sag_dicom_parse_reference (path, &series);
  g_autofree char *key = dup_key (cache, place, error);
  g_autofree char *both = NULL;

  if (key == NULL || series == NULL)
    return g_steal_pointer (&key);
  both = g_strconcat (key, "#", series, NULL);
  return sag_hash_sha256 (both, strlen (both));
}

char *
sag_cache_dup_default_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "sagitta", "training", NULL);
}
