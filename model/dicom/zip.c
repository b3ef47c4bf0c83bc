/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/zip.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3 and 4.5.3. An archive is read from its end:
 *
 *   end of central directory (22 bytes and a comment)   10: entries (u16)  12: size (u32)  16: offset (u32)
 *   ZIP64 locator (20 bytes, right before it)            8: offset of the ZIP64 end record (u64)
 *   ZIP64 end of central directory (56 bytes)           32: entries (u64)  40: size (u64)  48: offset (u64)
 *   directory entry (46 bytes and three variable parts)  8: flags  10: method  20: packed  24: size  28: name
 *                                                       30: extra  32: comment  42: offset of the local header
 *   local header (30 bytes and two variable parts)      26: name  28: extra; the data follows
 */

#define END_BYTES 22
#define LOCATOR_BYTES 20
#define END64_BYTES 56
#define ENTRY_BYTES 46
#define LOCAL_BYTES 30
#define MAX_DIRECTORY_BYTES ((guint64) 512 << 20)

#define END_MAGIC 0x06054b50
#define LOCATOR_MAGIC 0x07064b50
#define END64_MAGIC 0x06064b50
#define ENTRY_MAGIC 0x02014b50
#define LOCAL_MAGIC 0x04034b50

#define FLAG_ENCRYPTED 1
#define METHOD_STORED 0
#define METHOD_DEFLATED 8
#define EXTRA_ZIP64 1

struct _SagDicomZip
{
  gatomicrefcount ref_count;
  int             fd;
  guint64         size_bytes;
  GPtrArray      *entries;
  gboolean        has_locked;
};

static guint64
get (const guint8 *bytes, int n)
{
  guint64 value = 0;

  for (int i = n - 1; i >= 0; i--)
    value = value << 8 | bytes[i];
  return value;
}

static void
entry_free (gpointer data)
{
  SagDicomZipEntry *entry = data;

  g_free (entry->name);
  g_free (entry);
}

SagDicomZip *
sag_dicom_zip_ref (SagDicomZip *zip)
{
  g_atomic_ref_count_inc (&zip->ref_count);
  return zip;
}

void
sag_dicom_zip_unref (SagDicomZip *zip)
{
  if (!g_atomic_ref_count_dec (&zip->ref_count))
    return;
  if (zip->fd >= 0)
    close (zip->fd);
  g_ptr_array_unref (zip->entries);
  g_free (zip);
}

const GPtrArray *
sag_dicom_zip_get_entries (const SagDicomZip *zip)
{
  return zip->entries;
}

gboolean
sag_dicom_zip_is_zip (const guint8 *head, gsize n_head)
{
  return n_head >= 4 && (get (head, 4) == LOCAL_MAGIC || get (head, 4) == END_MAGIC);
}

gsize
sag_dicom_zip_read (const SagDicomZip *zip, guint64 offset, void *out, gsize n)
{
  gsize done = 0;

  while (done < n && offset + done < zip->size_bytes)
    {
      gssize got = pread (zip->fd, (char *) out + done, n - done, (off_t) (offset + done));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      done += (gsize) got;
    }
  return done;
}

gboolean
sag_dicom_zip_has_locked (const SagDicomZip *zip)
{
  return zip->has_locked;
}

gboolean
sag_dicom_zip_find_data (const SagDicomZip *zip, const SagDicomZipEntry *entry, guint64 *offset)
{
  guint8 local[LOCAL_BYTES];

  if (sag_dicom_zip_read (zip, entry->offset, local, sizeof local) < sizeof local ||
      get (local, 4) != LOCAL_MAGIC)
    return FALSE;
  *offset = entry->offset + LOCAL_BYTES + get (local + 26, 2) + get (local + 28, 2);
  return *offset <= zip->size_bytes && entry->packed_bytes <= zip->size_bytes - *offset;
}

/* Sizes and offsets that do not fit 32 bits stand in an extra field, in this order, only those that are needed. */
static void
read_extra64 (const guint8 *extra, gsize n_extra, SagDicomZipEntry *entry)
{
  guint64 *values[] = { &entry->size_bytes, &entry->packed_bytes, &entry->offset };

  while (n_extra >= 4)
    {
      gsize id = get (extra, 2), n = get (extra + 2, 2);

      extra += 4;
      n_extra -= 4;
      if (n > n_extra)
        return;
      for (gsize i = 0, at = 0; id == EXTRA_ZIP64 && i < G_N_ELEMENTS (values); i++)
        if (*values[i] == G_MAXUINT32 && at + 8 <= n)
          {
            *values[i] = get (extra + at, 8);
            at += 8;
          }
      extra += n;
      n_extra -= n;
    }
}

static gboolean
read_entries (SagDicomZip *zip, const guint8 *directory, gsize n, const char *name, GError **error)
{
  gsize n_locked = 0;

  for (gsize at = 0; at + ENTRY_BYTES <= n && get (directory + at, 4) == ENTRY_MAGIC;)
    {
      const guint8     *bytes = directory + at;
      const guint       flags = get (bytes + 8, 2), method = get (bytes + 10, 2);
      const gsize       n_name = get (bytes + 28, 2), n_extra = get (bytes + 30, 2);
      const gsize       n_all = ENTRY_BYTES + n_name + n_extra + get (bytes + 32, 2);
      SagDicomZipEntry *entry;

      if (n_all > n - at)
        break;
      at += n_all;
      if (n_name == 0 || bytes[ENTRY_BYTES + n_name - 1] == '/')
        continue;
      if (flags & FLAG_ENCRYPTED || (method != METHOD_STORED && method != METHOD_DEFLATED))
        {
          n_locked++;
          continue;
        }
      entry = g_new0 (SagDicomZipEntry, 1);
      entry->name = g_utf8_make_valid ((const char *) bytes + ENTRY_BYTES, (gssize) n_name);
      entry->packed_bytes = get (bytes + 20, 4);
      entry->size_bytes = get (bytes + 24, 4);
      entry->offset = get (bytes + 42, 4);
      entry->deflated = method == METHOD_DEFLATED;
      read_extra64 (bytes + ENTRY_BYTES + n_name, n_extra, entry);
      g_ptr_array_add (zip->entries, entry);
    }
  zip->has_locked = n_locked > 0;
  if (zip->entries->len > 0 || n_locked == 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
               "%s is locked with a password, or compressed in a way that Sagitta does not read. "
               "Unpack it and open the folder.",
               name);
  return FALSE;
}

/* Where the directory lies; FALSE without one. */
static gboolean
find_directory (SagDicomZip *zip, guint64 *offset, guint64 *size)
{
  const gsize        n_tail = MIN (zip->size_bytes, END_BYTES + G_MAXUINT16);
  g_autofree guint8 *tail = g_malloc (MAX (n_tail, 1));
  guint64            start = zip->size_bytes - n_tail;
  gsize              at;

  if (n_tail < END_BYTES || sag_dicom_zip_read (zip, start, tail, n_tail) < n_tail)
    return FALSE;
  for (at = n_tail - END_BYTES; get (tail + at, 4) != END_MAGIC; at--)
    if (at == 0)
      return FALSE;
  *size = get (tail + at + 12, 4);
  *offset = get (tail + at + 16, 4);
  if (at >= LOCATOR_BYTES && get (tail + at - LOCATOR_BYTES, 4) == LOCATOR_MAGIC)
    {
      guint8 end[END64_BYTES];

      if (sag_dicom_zip_read (zip, get (tail + at - LOCATOR_BYTES + 8, 8), end, sizeof end) <
            sizeof end ||
          get (end, 4) != END64_MAGIC)
        return FALSE;
      *size = get (end + 40, 8);
      *offset = get (end + 48, 8);
    }
  return *offset <= zip->size_bytes && *size <= zip->size_bytes - *offset &&
         *size <= MAX_DIRECTORY_BYTES;
}

SagDicomZip *
sag_dicom_zip_open (const char *path, GError **error)
{
  g_autoptr (SagDicomZip) zip = g_new0 (SagDicomZip, 1);
  g_autofree char   *name = sag_file_dup_display_name (path);
  g_autofree guint8 *directory = NULL;
  struct stat        status;
  guint64            offset, size;

  g_atomic_ref_count_init (&zip->ref_count);
  zip->entries = g_ptr_array_new_with_free_func (entry_free);
  zip->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (zip->fd < 0 || fstat (zip->fd, &status) < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Cannot read %s: %s.",
                   name, g_strerror (errno));
      return NULL;
    }
  zip->size_bytes = (guint64) status.st_size;
  if (find_directory (zip, &offset, &size))
    directory = g_try_malloc (MAX (size, 1));
  if (directory == NULL || sag_dicom_zip_read (zip, offset, directory, size) < size)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is a damaged zip archive: its list of files is missing. Fetch it again.",
                   name);
      return NULL;
    }
  return read_entries (zip, directory, size, name, error) ? g_steal_pointer (&zip) : NULL;
}
