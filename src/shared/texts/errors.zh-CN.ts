import { carryProblems } from './carry.zh-CN'
import { cloudProblems } from './cloud.zh-CN'
import type { Texts } from './errors.en'

/**
 * 简体中文。语气平和、具体：发生了什么、为什么、该怎么做。列表中已显示状态（已完成、失败等），标题与建议里不再使用这些词。
 *
 * 词表：download 下载（名词：下载任务）/ partial file 部分文件 / checksum 校验和 / connection 连接 / header 请求头 / address 地址 /
 * server 服务器 / folder 文件夹 / link 链接 / proxy 代理 / redirect 重定向 / certificate 证书 / credentials 登录信息 /
 * user name 用户名 / password 密码 / receive 接收 / continue 续传 / begin again 重新开始 / retry 重试 / verify 校验 / list 列表 /
 * settings 设置 / sign in 登录 / browser 浏览器 / cookies Cookie
 */
export const zhCN: Texts = {
  downloads: {
    OFFLINE: {
      title: '此计算机没有网络连接',
      cause: '当前没有可用的网络连接。连接恢复后，下载会自动继续。',
      suggestion: '请检查网线、Wi-Fi 或 VPN。',
    },
    PORTAL: {
      title: '收到的是网页而不是文件',
      cause: '此网络可能要求先在浏览器中登录，服务器上的登录可能已失效，或者该地址只有一个网页。网页内容没有写入文件。',
      suggestion:
        '请在浏览器中打开该地址，并在需要时登录；之后下载会自动继续。若要下载网页本身，请取一个以 .html 结尾的名称。',
    },
    DNS: {
      title: '找不到服务器',
      cause: '地址中的服务器名称不存在，或者这台计算机没有可用的互联网连接。',
      suggestion: '请检查网络连接和地址的拼写，然后点击“重试”。',
    },
    CONNECT: {
      title: '服务器没有响应',
      cause: '服务器拒绝了连接，或者无法从当前网络访问它。',
      suggestion: '请过几分钟再点击“重试”。如果其他网站可以访问，这台服务器可能已停止服务。',
    },
    CONNECTION_LOST: {
      title: '连接多次中断',
      cause: '文件接收完之前，服务器或网络接连多次断开了连接。',
      suggestion: '请点击“重试”，已接收的部分会保留。如果再次发生，请减少连接数。',
    },
    TIMEOUT: {
      title: '服务器没有发送数据',
      cause: '服务器接受了请求，但很长时间没有发送任何内容。',
      suggestion: '请稍后点击“重试”。已接收的部分会保留。',
    },
    TLS: {
      title: '连接不安全',
      cause: '服务器无法证明自己就是地址中的那一台，因此没有从它那里接收任何内容。',
      suggestion:
        '请检查这台计算机的日期和时间是否正确。在公司或酒店的网络中，请先登录网络。如果仍然不行，请联系服务器的所有者。',
    },
    TLS_CLOCK: {
      title: '这台计算机的时钟似乎不准',
      cause: '按这台计算机的日期，服务器的证书已经过期或尚未生效。',
      suggestion: '请校准这台计算机的日期和时间，然后点击“重试”。没有从服务器接收任何内容。',
    },
    PROXY: {
      title: '代理无法使用',
      cause: '连接需要经过代理，但代理无法连接、拒绝访问该服务器，或者自身也无法连接该服务器。',
      suggestion: '请在设置的“网络”中检查代理，或选择“不使用代理”。在公司网络中，请联系网络管理员。',
    },
    PROXY_AUTH: {
      title: '代理要求用户名和密码',
      cause: '连接需要经过代理，而代理只允许登记过的用户通过。',
      suggestion: '请在设置的“网络”中选择“手动”，按 http://用户名:密码@proxy:8080 的形式写进地址，然后点击“重试”。',
    },
    PROTO: {
      title: '服务器的响应不正确',
      cause: '服务器发送的内容违反了网络协议，可能会损坏文件。',
      suggestion: '请点击“重试”。如果再次发生，请到其他服务器上寻找该文件。',
    },
    RANGE: {
      title: '服务器发送了文件的其他部分',
      cause: '收到的部分与请求的不同。这些数据已被丢弃，文件没有损坏。',
      suggestion: '请点击“重试”。如果再次发生，请将连接数设为 1，重新添加下载任务。',
    },
    ENCODING: {
      title: '服务器改变了文件的形式',
      cause: '服务器坚持在传输时压缩文件，因此无法安全地续传。',
      suggestion: '请寻找该文件的其他链接，或者用浏览器下载。',
    },
    CHANGED: {
      title: '服务器上的文件已经不是同一个',
      cause: '文件在接收期间发生了变化，或者收到的是另一个页面，例如要求登录的页面。',
      suggestion: '请在浏览器中打开该地址查看现在的内容，然后重新添加下载任务。',
    },
    CHANGED_LARGE: {
      title: '服务器上的文件已更改',
      cause: '服务器上是更新的版本。继续下载意味着丢弃已接收的大量数据，因此尚未执行任何操作。',
      suggestion: '要从头获取新版本，请点击“重新开始”；如果您知道旧版本的其他地址，请点击“新链接…”。',
    },
    OTHER_FILE: {
      title: '此镜像上是另一个文件',
      cause: '它的长度或内容与正在下载的文件不同。没有使用它的任何数据。',
      suggestion: '请检查镜像的地址，或者提供校验和，以确定哪台服务器上的文件是正确的。',
    },
    SIZE: {
      title: '文件的大小不合理',
      cause: '服务器给出的大小是任何文件都不可能有的。',
      suggestion: '链接可能已损坏，请换一个链接。',
    },
    REDIRECTS: {
      title: '链接不停地跳转',
      cause: '服务器指向另一个地址，那个地址又指向下一个，没有尽头。',
      suggestion: '请在浏览器中打开该地址，复制在那里可用的链接。可能需要先登录。',
    },
    SCHEME: {
      title: '链接指向的内容不能下载',
      cause: '服务器指向了一种可能访问到这台计算机内部的地址，Longshore 从不跟随这类地址。',
      suggestion: '请寻找以 https 开头的链接。',
    },
    DOWNGRADE: {
      title: '链接从安全地址跳转到了不安全的地址',
      cause: '地址以 https 开头，但服务器指向了 http 地址，其内容可能被他人读取和修改。',
      suggestion: '请寻找始终使用 https 的链接。如果您信任当前网络，可以直接添加该 http 地址。',
    },
    PRIVATE_ADDR: {
      title: '链接从互联网指向了您自己的网络',
      cause: '互联网上的一台服务器指向了这台计算机或附近的设备。攻击者常用这种办法接触不属于他们的东西。',
      suggestion: '如果您认识该设备并信任此链接，可以直接添加它指向的地址。',
    },
    RETRY_LATER: {
      title: '服务器要求很久以后再来',
      cause: '服务器繁忙，或者您的请求数已达上限，而它给出的时间太久，无法一直等下去。',
      suggestion: '请明天再点击“重试”。已接收的部分会保留。',
    },
    NOSPACE: {
      title: '磁盘空间不足',
      cause: '文件夹所在磁盘的可用空间放不下这个文件。',
      suggestion: '请清理出一些空间，然后点击“重试”。已接收的部分会保留。',
    },
    IO: {
      title: '磁盘出现错误',
      cause: '系统无法读写文件。磁盘可能已损坏，或者已被拔出。',
      suggestion: '请检查连接线和磁盘，然后点击“重试”，或者将下载任务添加到其他磁盘的文件夹中。',
    },
    PATH: {
      title: '文件夹不存在',
      cause: '文件夹已被删除或重命名，或者它所在的磁盘没有连接。',
      suggestion: '请连接磁盘或重新创建文件夹，然后点击“重试”。',
    },
    ACCESS: {
      title: 'Longshore 无权写入该文件夹',
      cause: '文件夹属于其他用户，或者是只读的。',
      suggestion: '请允许写入该文件夹后点击“重试”，或者将下载任务添加到其他文件夹。',
    },
    FILE_TOO_BIG: {
      title: '文件超出了这个磁盘的限制',
      cause: '磁盘的格式限制了单个文件的大小（许多 U 盘为 4 GiB），而这个文件更大。',
      suggestion: '请将下载任务添加到其他磁盘的文件夹中，或者将 U 盘格式化为 exFAT。',
    },
    TOO_MANY_FILES: {
      title: '打开的文件过多',
      cause: '系统限制了一个程序能同时打开的文件和连接的数量。',
      suggestion: '请在设置中减小“同时下载数”，然后点击“重试”。',
    },
    RENAME: {
      title: '无法为文件命名',
      cause: '内容已全部接收，但系统不允许在该文件夹中为文件设定最终的名称。',
      suggestion: '请确认您可以写入该文件夹，然后点击“重试”，不需要重新下载。',
    },
    HASH: {
      title: '文件与预期不符',
      cause: '内容已全部接收，但校验和与预期的不同：可能是另一个版本，也可能已损坏。',
      suggestion: '请与网站上的校验和比对。如果没有填错，请点击“重试”，或者换一台服务器。',
    },
    ADOPT: {
      title: '未完成的文件不匹配',
      cause: '它不属于这个下载任务、内容太少，或者服务器不支持断点续传。',
      suggestion: '该文件保持原样。请选择另一个文件，或点击“从头开始”重新下载全部内容。',
    },
    CONFLICT: {
      title: '已有同名文件',
      cause: '文件夹中已有同名文件，并且不允许替换它。',
      suggestion: '请重命名或移走那个文件，然后点击“重试”，或者用其他名称添加下载任务。',
    },
    LOCKED: {
      title: '文件正在使用',
      cause: '另一个程序或另一个下载任务正在使用同一个文件。',
      suggestion: '请关闭那个程序，然后点击“重试”。',
    },
    CREDENTIALS: {
      title: '登录信息未能保留',
      cause: '继续下载需要再次提供用户名和密码。在此系统上，退出 Longshore 后不会保留它们。',
      suggestion: '请点击“输入登录信息…”。已接收的部分会保留。',
    },
    HEADERS_LOST: {
      title: '请求头和 Cookie 未能保留',
      cause: '添加此下载时带有请求头或 Cookie。在此系统上，退出 Longshore 后不会保留它们。',
      suggestion: '请点击“重新提供请求头…”，再次粘贴从浏览器复制的 cURL 命令。已接收的部分会保留。',
    },
    ...cloudProblems,
    INTERNAL: {
      title: 'Longshore 出现了错误',
      cause: '发生了程序没有预料到的情况。已接收的部分会保留。',
      suggestion: '请点击“重试”。如果再次发生，请附上“技术信息”一行进行反馈。',
    },
  },
  http: {
    HTTP_401: {
      title: '缺少用户名和密码，或者不正确',
      cause: '文件只提供给有账户的用户：服务器没有收到它认识的用户名和密码。',
      suggestion: '请点击“输入登录信息…”。',
    },
    HTTP_403: {
      title: '服务器不允许访问',
      cause: '链接已过期，或者文件只提供给已登录网站的用户。',
      suggestion: '请从网站获取新的链接，并用“新链接…”交给此任务。可能需要填写浏览器的请求头（“编辑…”）。',
    },
    HTTP_404: {
      title: '服务器上没有这个文件',
      cause: '地址拼写有误，或者文件已被移动或删除。',
      suggestion: '请检查地址。如果它来自某个网站，请到那里寻找新的链接。',
    },
    HTTP_410: {
      title: '文件已永久移除',
      cause: '服务器表示文件已被删除，或者链接已过期。',
      suggestion: '请到网站上寻找新的链接。',
    },
    HTTP_416: {
      title: '服务器上没有文件的剩余部分',
      cause: '服务器上的文件比请求的位置要短，可能已被替换。',
      suggestion: '请移除此下载任务，然后重新添加。',
    },
    HTTP_429: {
      title: '对这台服务器的请求过多',
      cause: '服务器限制了请求的频率和连接的数量，现已达到上限。',
      suggestion: '请过几分钟再点击“重试”。如果经常发生，请在设置中减小“每台服务器的连接数”。',
    },
    '4xx': {
      title: '服务器拒绝了请求（{status}）',
      cause: '服务器理解了请求，但不愿意响应。',
      suggestion: '请在浏览器中打开该地址。如果在那里可以得到文件，请复制新的链接。',
    },
    '5xx': {
      title: '服务器出现问题（{status}）',
      cause: '服务器过载或发生故障，问题不在您这一边。',
      suggestion: '请稍后点击“重试”。已接收的部分会保留。',
    },
    other: {
      title: '服务器给出了意外的响应（{status}）',
      cause: '响应不是文件，也没有说明接下来该怎么做。',
      suggestion: '请在浏览器中打开该地址，查看那里的内容。',
    },
  },
  requests: {
    E_IPC: {
      title: '操作没有成功',
      cause: '窗口提出的请求，程序的其他部分无法理解。',
      suggestion: '请再试一次。如果再次发生，请重新启动 Longshore 并反馈此问题。',
    },
    E_URL: {
      title: '这不是有效的地址',
      cause: '它不符合网址的格式。',
      suggestion: '地址应类似于 https://example.com/file.zip。',
    },
    E_PREFIX: {
      title: '这是存储桶中的文件夹',
      cause: '以 / 结尾的地址代表其下的所有对象，而不是某一个对象。',
      suggestion: '请在表单中只填写这一个地址，随后即可从列表中选择对象。',
    },
    E_SCHEME: {
      title: '无法下载这种地址',
      cause: 'Longshore 不知道如何从中获取文件。',
      suggestion: '请使用以 http 或 https 开头的地址。',
    },
    E_FOLDER: {
      title: '无法使用该文件夹',
      cause: '它已经不存在，或者 Longshore 无权写入。',
      suggestion: '请选择其他文件夹。',
    },
    E_NAME: {
      title: '这不能用作文件名',
      cause: '其中含有文件名不允许的字符，或者太长。',
      suggestion: '请使用其他名称，或者留空以采用服务器给出的名称。',
    },
    E_HEADER: {
      title: '这不是有效的请求头',
      cause: '请求头是类似“Referer: https://example.com/”的一行。有些由 Longshore 自行设置。',
      suggestion: '请按“名称: 值”的格式填写，每行一个，不能包含 Range、Host 和 Connection。',
    },
    E_COOKIES: {
      title: '不是有效的 Cookie',
      cause: 'Cookie 应为“name=value”形式，或浏览器扩展、curl、wget 导出的 cookies.txt 的内容。',
      suggestion: '请输入“name=value; name2=value2”，或粘贴整个文件（保留制表符）。',
    },
    E_CHECKSUM: {
      title: '这不是有效的校验和',
      cause: '校验和由算法名称和数值组成。',
      suggestion: '请按此格式填写，例如 sha-256=2cf24d…',
    },
    E_CONNECTIONS: {
      title: '不能使用这个数字',
      cause: '连接数的范围是 1 到 256。',
      suggestion: '请填写此范围内的数字，大多数服务器适合 8 或 16。',
    },
    E_PROXY: {
      title: '这不是有效的代理设置',
      cause: '它不符合代理地址或主机列表的格式。',
      suggestion: '请写成 http://proxy.example:8080 或 socks5://proxy.example:1080 的形式。',
    },
    E_RULE: {
      title: '此规则无法使用',
      cause: '无法识别其中的服务器或代理，或者同样的服务器已有规则。',
      suggestion: '请填写尚无规则的服务器、*.域名或服务器:端口，以及代理的地址。',
    },
    E_ACCOUNT: {
      title: '账号信息不完整',
      cause: '云账号需要不与其他账号重复的名称和密钥，OSS 还需要地域。',
      suggestion: '请填写标出的栏目，例如地域 cn-hangzhou。',
    },
    E_SETTINGS: {
      title: '无法使用这些设置',
      cause: '文件中没有 Longshore 的设置，或文件无法读取或写入。',
      suggestion: '请选择用“导出…”写出的文件。没有做任何改动。',
    },
    E_CERTIFICATE: {
      title: '此文件中没有证书',
      cause: '文件无法读取，或者不是以“BEGIN CERTIFICATE”开头的 PEM 格式。',
      suggestion: '请向网络管理员索取 PEM 格式的证书颁发机构证书。',
    },
    E_CLIENT_CERTIFICATE: {
      title: '无法打开客户端证书',
      cause: '文件中没有证书及其私钥（PKCS#12，或同时包含两者的 PEM 文件），或者密码不正确。',
      suggestion: '请检查密码，或重新导出带私钥的证书。',
    },
    E_NOT_FOUND: {
      title: '列表中已没有该下载任务',
      cause: '它在此期间被移除了。',
      suggestion: '不需要做任何事。',
    },
    ...carryProblems,
    E_STATE: {
      title: '现在无法这样操作',
      cause: '下载任务在此期间进入了其他状态。',
      suggestion: '请查看它的状态，然后再试一次。',
    },
    E_CHANGED: {
      title: '服务器上的文件已改变',
      cause: '它已不是当初下载的文件，无法用来修复。未作任何更改。',
      suggestion: '如需获取新的文件，请将其添加为新下载。',
    },
    E_REPAIR: {
      title: '无法修复此文件',
      cause: '服务器不提供出错的部分，或者无法得知是哪些部分出错。',
      suggestion: '请稍后再试，或者将其添加为新下载重新获取。',
    },
    E_ZONE: {
      title: '没有这个时区',
      cause: '此系统不认识该名称的时区。',
      suggestion: '请从列表中选择一个，例如 Asia/Shanghai，或使用此电脑的时区。',
    },
    E_QUEUE: {
      title: '此队列不存在',
      cause: '它可能已被移除。默认队列始终保留，并且没有自己的名称。',
      suggestion: '请选择其他队列。',
    },
    E_LIST: {
      title: '无法读取或写入下载列表',
      cause: '该文件不是 Longshore 导出的列表，或者文件夹不可写。',
      suggestion: '请选择由 Longshore 导出的文件，或选择其他文件夹。',
    },
    E_LINK: {
      title: '此链接指向另一个文件',
      cause: '它的长度或内容与已接收的数据不同，或者服务器无法发送其中的一部分。未作任何更改。',
      suggestion: '请检查链接。如需获取该链接的文件，请将其添加为新下载。',
    },
    E_MIRROR: {
      title: '无法使用此镜像',
      cause: '镜像是同一个文件的其他地址，不能带有用户名和密码。',
      suggestion: '请去掉地址中的用户名和密码，或者逐个添加带有镜像的下载任务。',
    },
    E_FILE_MISSING: {
      title: '文件已经不在了',
      cause: '下载之后，文件被移动、重命名或删除了。',
      suggestion: '请在回收站中查找，或者重新添加下载任务。',
    },
    E_POWER: {
      title: '系统没有执行',
      cause: '系统拒绝睡眠或关机，或者没有相应的命令。',
      suggestion: '请从系统自己的菜单中尝试，那里会说明原因。',
    },
    E_OPEN: {
      title: '系统无法打开',
      cause: '没有为这类文件设置打开程序，或者系统拒绝了操作。',
      suggestion: '请使用“在文件夹中显示”，从那里打开文件。',
    },
    E_DB_VERSION: {
      title: '列表由更新版本的 Longshore 写入',
      cause: '此版本无法理解它，因此保持原样，没有改动。',
      suggestion: '请重新安装较新的版本。没有丢失任何内容。',
    },
    E_DB_DAMAGED: {
      title: '无法读取下载列表',
      cause: '保存列表的文件已损坏，可能是磁盘错误造成的。已下载的文件不受影响。',
      suggestion: '请重新启动 Longshore。如果问题依旧，请用备份恢复配置文件夹。',
    },
    E_ENGINE: {
      title: '下载引擎没有运行',
      cause: '它意外停止了。已写入磁盘的内容是安全的。',
      suggestion: '请重新启动 Longshore，下载会从上次的位置继续。',
    },
    E_RUNNING: {
      title: 'Longshore 已在运行',
      cause: '另一个程序（可能没有窗口）已打开此下载列表。',
      suggestion: '请使用那个程序，或先结束它：没有窗口的程序可用 longshore daemon --stop 结束。',
    },
  },
  notices: {
    RESTARTED_CHANGED: {
      title: '已重新开始：文件有变化',
      text: '服务器上的文件与开始下载时的不是同一个，因此重新开始。将两者混在一起会得到损坏的文件。',
    },
    RESTARTED_NO_RANGES: {
      title: '已重新开始：服务器不支持续传',
      text: '这台服务器只能从头发送文件，因此重新开始。',
    },
    RESTARTED_MIRROR: {
      title: '已重新开始：改用另一台服务器',
      text: '最初的服务器已无法使用。无法证明另一台服务器上的内容相同，因此从那里重新开始。',
    },
    RESTARTED_HASH: {
      title: '已重新开始：校验和不符',
      text: '从多台服务器接收的内容不是预期的文件，因此减少服务器后重新获取。',
    },
    MIRROR_DROPPED: {
      title: '有一台服务器已停用',
      text: '将从其余服务器继续下载。详细信息中会说明是哪一台以及原因。',
    },
    RESTARTED_PART_LOST: {
      title: '已重新开始：部分文件丢失',
      text: '文件夹中的部分文件被删除或替换，因此重新开始。',
    },
    ADOPTED: {
      title: '已接管未完成的文件',
      text: '它来自其他程序或以前的下载。已与服务器抽样比对；如果没有校验值，其余部分未经验证。',
    },
    RESTARTED_CLAIMS_DAMAGED: {
      title: '已重新开始：记录已损坏',
      text: '列表中关于部分文件的记录不可能正确，因此重新开始。',
    },
    PART_TRUNCATED: {
      title: '正在重新接收一部分',
      text: '部分文件比应有的长度短，缺少的部分会重新接收。',
    },
    NOT_RESUMABLE: {
      title: '中断后需要从头开始',
      text: '这台服务器无法安全地续传：暂停或中断之后会从头开始。',
    },
    LENGTH_UNVERIFIED: {
      title: '长度未知',
      text: '服务器始终没有说明文件的长度，因此以连接结束处作为文件的结尾。',
    },
    RESTORE_ASKED: {
      title: '已请求恢复',
      text: '该对象原为归档状态，已请求服务使其可读。',
    },
    PART_DAMAGED: {
      title: '已修复磁盘上的损坏',
      text: '磁盘上有一部分内容与写入时不同，这些部分会重新接收。如果经常发生，请检查磁盘。',
    },
    PIECES_REPAIRED: {
      title: '已重新接收错误的部分',
      text: '收到的内容与校验和不符，已找出错误的部分并重新接收。',
    },
    LINK_CUT: {
      title: '需要新的链接',
      text: '转移包不包含带签名的链接。请用“新链接…”给出新的链接，即可从中断处继续。',
    },
  },
  native: {
    'start.failed': 'Longshore 无法启动',
    'start.newer': '下载列表由更新版本的 Longshore 写入。没有做任何改动。请启动那个版本。',
    'start.running': 'Longshore 正在无窗口运行',
    'start.runningText':
      '一个没有窗口的程序（longshore daemon）已打开此下载列表。可以结束它，下载会在这里从原处继续，不会丢失任何内容。',
    'start.takeOver': '结束它并在此继续',
    'start.damaged': '下载列表已损坏',
    'start.damagedText':
      '无法读取列表：{detail}\n\n没有做任何改动。Longshore 可以将损坏的文件保留为 {file}，并以空列表启动。未下载完的文件和已下载的文件都会留在原处。',
    'start.quit': '退出',
    'start.setAside': '保留损坏的文件并以空列表启动',
    'engine.stopped': '下载引擎已停止',
    'engine.stoppedText': '已保存的内容没有丢失：重新启动后，下载会继续进行。',
    'engine.restart': '重新启动',
    'engine.quit': '退出',
    'run.title': '要运行“{name}”吗？',
    'run.text': '此文件是一个程序。来自互联网的程序可能会损害这台计算机。请仅在信任其来源时运行。',
    'run.cancel': '取消',
    'run.confirm': '运行',
    'reset.title': '要重置所有设置吗？',
    'reset.text': '所有设置将恢复为初始值，下载任务保持不变。',
    'reset.cancel': '取消',
    'reset.confirm': '重置',
    'export.title': '导出未完成的下载',
    'export.secrets': '转移包包含已接收的数据和地址，不包含密码、请求头、Cookie，也不包含链接的签名。',
    'close.title': '{count, plural, other {还有 # 个下载任务未完成}}',
    'close.text': '留在托盘中时，没有窗口也会继续下载。',
    'close.textNoTray': '不会丢失任何内容：未完成的任务会在下次启动时继续。',
    'close.tray': '继续在托盘中运行',
    'close.quit': '退出（下次启动时继续）',
    'close.cancel': '取消',
    'close.remember': '记住此选择',
    'open.bundle': '导入未完成的下载',
    'open.document': '打开 Metalink 文档',
    'open.partial': '用部分文件继续下载',
    'tray.idle': '没有下载任务',
    'tray.queued': '{count, plural, other {# 个任务排队中}}',
    'tray.active': '{count, plural, other {# 个进行中}} · {speed}',
    'tray.speed': '{value} MiB/秒',
    'tray.open': '打开 Longshore',
    'tray.add': '添加下载…',
    'tray.slow': '慢速模式',
    'tray.pauseAll': '全部暂停',
    'tray.resumeAll': '全部继续',
    'tray.settings': '设置…',
    'tray.quit': '退出',
    'notice.done': '下载已完成',
    'notice.doneMany': '{count, plural, other {# 个下载已完成}}',
    'notice.failed': '下载失败',
    'notice.failedMany': '{count, plural, other {# 个下载失败}}',
    'notice.allDone': '所有下载任务都已完成',
    'notice.allDoneText': '没有排队或进行中的任务了。',
    'notice.open': '打开',
    'notice.folder': '在文件夹中显示',
    'notice.retry': '重试',
  },
}
